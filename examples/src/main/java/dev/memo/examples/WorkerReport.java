package dev.memo.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What became of a worker.
 *
 * @param process its number; 1 is the process that was started by hand
 * @param computations pairs that it computed; empty if it ended without a word
 * @param failure what went wrong, if anything did
 */
record WorkerReport(int process, OptionalLong computations, Optional<String> failure) {

  /** What went wrong, each thing once, with all the workers to whom it happened. */
  static List<String> failures(List<WorkerReport> reports) {
    Map<String, List<Integer>> processes = new LinkedHashMap<>();
    for (WorkerReport report : reports) {
      report
          .failure()
          .ifPresent(
              failure ->
                  processes
                      .computeIfAbsent(failure, same -> new ArrayList<>())
                      .add(report.process()));
    }
    return processes.entrySet().stream()
        .map(entry -> sentence(entry.getValue(), entry.getKey()))
        .toList();
  }

  private static String sentence(List<Integer> processes, String failure) {
    String numbers = processes.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "process %s %s; the others did the rest".formatted(numbers, failure);
  }
}
