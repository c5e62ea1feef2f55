package dev.memo.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;

/**
 * What was typed on the command line.
 *
 * @param directory where the results are kept; where the annotation says, if empty
 */
record Options(
    int classes,
    int threads,
    int processes,
    int top,
    Optional<Path> directory,
    boolean progress,
    boolean help) {

  static final String HELP =
      """
      Finds the classes of the JDK that resemble each other most.
      Results are kept on disk: run it twice.

        --classes N      compare the first N larger classes, at least 2; 420 if not said
        --threads N      on N threads, 1 to 1000 (one per processor)
        --processes N    in N processes, 1 to 64, each with so many threads (1)
        --top N          print the N closest pairs, 1 to 10000 (15)
        --directory DIR  keep the results in DIR (similar-classes.memo)
        --progress       show progress even if the output is not a terminal
        --help           print this
      """;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Options parse(String... args) {
    int classes = 420;
    int threads = Runtime.getRuntime().availableProcessors();
    int processes = 1;
    int top = 15;
    Optional<Path> directory = Optional.empty();
    boolean progress = false;
    boolean help = false;
    Iterator<String> rest = Arrays.asList(args).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--classes" -> classes = number(option, rest, 2, 10_000);
        case "--threads" -> threads = number(option, rest, 1, 1_000);
        case "--processes" -> processes = number(option, rest, 1, 64);
        case "--top" -> top = number(option, rest, 1, 10_000);
        case "--directory" -> directory = Optional.of(path(option, rest));
        case "--progress" -> progress = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    return new Options(classes, threads, processes, top, directory, progress, help);
  }

  private static int number(String option, Iterator<String> rest, int min, int max) {
    String text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the message below says more
    }
    throw new IllegalArgumentException(
        "%s must be a number from %d to %d, got: %s".formatted(option, min, max, text));
  }

  private static Path path(String option, Iterator<String> rest) {
    String text = value(option, rest);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(option + " must be a path, got: " + text, e);
    }
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }
}
