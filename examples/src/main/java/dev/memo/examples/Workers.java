package dev.memo.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Further processes that run the same job in the same directory. They are told nothing but what was
 * typed: that a pair is computed once, and by whom, is up to the directory.
 */
final class Workers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Running> all = new ArrayList<>();

  private Workers() {}

  /**
   * Starts some.
   *
   * @param args what was typed on the command line
   */
  static Workers start(int count, String... args) throws IOException {
    Workers workers = new Workers();
    try {
      for (int i = 0; i < count; i++) {
        workers.all.add(new Running(i + 2, args));
      }
    } catch (IOException e) {
      workers.close();
      throw e;
    }
    return workers;
  }

  /** Tells all to end, waits until they have, and returns what became of each. */
  List<WorkerReport> end() throws IOException {
    all.forEach(Running::tell);
    List<WorkerReport> reports = new ArrayList<>();
    for (Running worker : all) {
      reports.add(worker.end());
    }
    return reports;
  }

  /** Ends those that still run. */
  @Override
  public void close() {
    all.forEach(worker -> worker.process.destroy());
  }

  private static final class Running {
    final int number;
    final Process process;
    final Thread reader;

    // written by the reader, read after it has ended
    OptionalLong computations = OptionalLong.empty();
    Optional<String> failure = Optional.empty();

    Running(int number, String... args) throws IOException {
      this.number = number;
      process = new ProcessBuilder(command(number, args)).redirectError(Redirect.INHERIT).start();
      reader = new Thread(this::read, "reads what process " + number + " says");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader lines = process.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith(Worker.COMPUTED)) {
            computations =
                OptionalLong.of(Long.parseLong(line.substring(Worker.COMPUTED.length())));
          } else if (line.startsWith(Worker.FAILED)) {
            failure = Optional.of("failed: " + line.substring(Worker.FAILED.length()));
          } else {
            System.err.println(line); // of the JVM
          }
        }
      } catch (IOException e) {
        failure = Optional.of("cannot be heard: " + e);
      }
    }

    void tell() {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // it has gone, and end() says so
      }
    }

    WorkerReport end() throws IOException {
      try {
        boolean stuck = !process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        process.destroyForcibly();
        int exit = process.waitFor();
        reader.join();
        if (stuck) {
          failure = Optional.of("did not end when it was told to, and was killed");
        } else if (failure.isEmpty() && (exit != 0 || computations.isEmpty())) {
          failure = Optional.of("died with exit value " + exit);
        }
        return new WorkerReport(number, computations, failure);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for process " + number, e);
      }
    }
  }

  /** This JVM and its flags, but for agents such as a debugger, which cannot run twice. */
  private static List<String> command(int number, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-agent") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Worker.class.getName(), Integer.toString(number)));
    command.addAll(List.of(args));
    return command;
  }
}
