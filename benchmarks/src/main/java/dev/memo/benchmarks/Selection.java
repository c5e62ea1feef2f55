package dev.memo.benchmarks;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Which rows of a table are wanted: those whose name contains one of the words, or all. */
final class Selection {
  private final List<String> words;
  private final Set<String> names = new LinkedHashSet<>();

  Selection(String[] words) {
    this.words = List.of(words);
  }

  /** Whether a row is wanted, which there is. */
  boolean wants(String name) {
    names.add(name);
    return isWanted(name);
  }

  /** Whether some rows were asked for, not all. */
  boolean isNarrow() {
    return !words.isEmpty();
  }

  private boolean isWanted(String name) {
    return words.isEmpty() || words.stream().anyMatch(name::contains);
  }

  /** Says which rows there are if none of them was wanted. */
  void explain() {
    if (names.stream().noneMatch(this::isWanted)) {
      System.out.println("No row contains one of " + words + ". The rows are:");
      names.forEach(System.out::println);
    }
  }
}
