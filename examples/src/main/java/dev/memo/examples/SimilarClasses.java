package dev.memo.examples;

import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.call.FunctionStats;
import dev.memo.examples.SimilarityCached.DistanceArgs;
import dev.memo.failure.DirectoryException;
import dev.memo.parallel.Parallel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Prints the pairs of JDK classes that resemble each other most. Run it twice. */
public final class SimilarClasses {

  /** As the annotation says. */
  static final String DIRECTORY = "similar-classes.memo";

  private SimilarClasses() {}

  /** See {@code --help}. */
  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println("similar-classes: " + e.getMessage() + " (--help lists the options)");
      System.exit(2);
      return;
    }
    if (options.help()) {
      System.out.print(Options.HELP);
      return;
    }
    try {
      if (options.directory().isPresent()) {
        runIn(options.directory().get(), options, args);
      } else {
        run(options, args);
      }
    } catch (DirectoryException e) {
      System.err.println("similar-classes: " + e.getMessage());
      System.exit(1);
    }
  }

  @SuppressWarnings("try") // the binding is for its end only
  private static void runIn(Path directory, Options options, String[] args) throws IOException {
    try (Binding binding = Memo.bind(DIRECTORY, directory)) {
      run(options, args);
    }
  }

  private static void run(Options options, String[] args) throws IOException {
    long begin = System.nanoTime();
    List<ClassFile> files = ClassFile.ofThisRuntime(options.classes());
    List<DistanceArgs> pairs = pairs(files);
    System.out.printf(
        Locale.ROOT,
        "Comparing %,d classes of Java %s: %,d pairs on %d threads%s.%n%n",
        files.size(),
        Runtime.version(),
        pairs.size(),
        options.threads(),
        options.processes() == 1 ? "" : " in each of " + options.processes() + " processes");
    // Opens the directory: if it cannot be opened, that is said here, and not by every worker.
    boolean unused = SimilarityCached.DISTANCE.isCached(pairs.get(0));
    List<Double> distances;
    List<WorkerReport> workers;
    try (Workers started = Workers.start(options.processes() - 1, args)) {
      distances = distances(pairs, options);
      workers = started.end();
    }
    Duration wallTime = Duration.ofNanos(System.nanoTime() - begin);

    System.out.println(closest(pairs, distances, options.top()));
    System.out.print(summary(SimilarityCached.DISTANCE.stats(), workers, wallTime));
    WorkerReport.failures(workers)
        .forEach(failure -> System.err.println("similar-classes: " + failure));
  }

  @SuppressWarnings("try") // progress is told beside the work
  private static List<Double> distances(List<DistanceArgs> pairs, Options options)
      throws IOException {
    boolean inPlace = options.progress() || isTerminal();
    try (Progress progress =
        Progress.start(pairs.size(), () -> SimilarityCached.DISTANCE.stats().calls(), inPlace)) {
      return Parallel.map(SimilarityCached.DISTANCE, pairs, options.threads());
    }
  }

  @SuppressWarnings("SystemConsoleNull") // pom.xml lets newer JDKs answer as older ones do
  private static boolean isTerminal() {
    return System.console() != null;
  }

  /** Every class with every later one. */
  static List<DistanceArgs> pairs(List<ClassFile> files) {
    List<DistanceArgs> pairs = new ArrayList<>(files.size() * (files.size() - 1) / 2);
    for (int i = 0; i < files.size(); i++) {
      for (int j = i + 1; j < files.size(); j++) {
        pairs.add(new DistanceArgs(files.get(i), files.get(j)));
      }
    }
    return pairs;
  }

  static Table closest(List<DistanceArgs> pairs, List<Double> distances, int top) {
    Table table = new Table().row("distance", "closest pairs");
    IntStream.range(0, pairs.size())
        .boxed()
        .sorted(Comparator.comparing(distances::get))
        .limit(top)
        .forEach(
            i ->
                table.row(
                    String.format(Locale.ROOT, "%.3f", distances.get(i)),
                    pairs.get(i).a().className(),
                    pairs.get(i).b().className()));
    return table;
  }

  static Table summary(FunctionStats stats, List<WorkerReport> workers, Duration wallTime) {
    if (workers.isEmpty()) {
      return new Table()
          .row(count(stats.computations()), "pairs computed")
          .row(count(stats.hits()), "pairs from cache")
          .row(seconds(wallTime), "wall time")
          .row(seconds(stats.timeSaved()), "computing time saved");
    }
    Table table = new Table().row(count(stats.computations()), "pairs computed by this process");
    long inAll = stats.computations();
    boolean allKnown = true;
    for (WorkerReport worker : workers) {
      String computed = "?";
      if (worker.computations().isPresent()) {
        computed = count(worker.computations().getAsLong());
        inAll += worker.computations().getAsLong();
      } else {
        allKnown = false;
      }
      table.row(computed, "pairs computed by process " + worker.process());
    }
    return table
        .row(count(inAll), "pairs computed in all" + (allKnown ? "" : ", at least"))
        .row(count(stats.hits()), "pairs from cache in this process")
        .row(seconds(wallTime), "wall time")
        .row(seconds(stats.timeSaved()), "computing time saved in this process");
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%,.1f s", duration.toMillis() / 1e3);
  }
}
