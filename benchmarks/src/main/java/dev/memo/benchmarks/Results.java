package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the tables print into {@code benchmarks/RESULTS.md}, a section for each part, with
 * the date, the machine and the command that repeats it:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=Results
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=Results -Dargs="--quick"
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=Results -Dargs="plan redis"
 * </pre>
 *
 * <p>The first takes some 75 minutes, the second ten, and measures less; the third measures the
 * parts that it names, which may be one peer; a name that there is not prints those that there are.
 * Sections of parts that are not measured stay as they are. Run it on a machine that does nothing
 * else.
 */
public final class Results {
  private static final String HEAD =
      """
      # What memo costs

      Written by `Results` in this folder, which [CONTRIBUTING.md](../CONTRIBUTING.md#figures) says how to run. Each section says when and
      where it was measured, and the options that repeat it, to be added to

          mvn -q -pl benchmarks -am -DskipTests package exec:exec

      Figures compare within a section only. A figure is the median of five rounds and more, with the least and the most of them in brackets;
      a ratio compares round by round. The rows of a table took turns in every round; of batches, plans and codecs those that one line
      compares. A promise is met by the median; [DECISIONS.md](../DECISIONS.md) says why some are missed. Quick sections have too few
      entries to tell.

      - **memo, heap tier and disk**: the process that leads, with results that do not change; **memo, disk** with results that do, which the heap
        tier does not keep; **memo, secondary**: a process beside it, which reads for itself; **memo, socket**: one that asks for everything.
        **Store**: what memo reads with, without the calls above it.
      - **RocksDB, as memo has it**, or **raw**: with memo's options, and keys and values of the lengths that memo writes; **tuned, compacted**: set
        up for reading, with a cache that holds all. **The loop alone**: what it costs to measure.
      - **Any of all**: keys at random; **hot ones**: a thousand of them. **Bulk**: by the handle of a cached function; **single**: call by call.
        **Cold calls**: of what nobody has computed; **same keys**: all processes ask for the same.
      - Bytes on disk of few entries are mostly those of logs, and of the 8 MB that memo keeps in reserve.
      """;

  /** Of these a section says the version. */
  private static final List<String> LIBRARIES =
      List.of(
          "rocksdbjni",
          "kryo5",
          "caffeine",
          "ehcache",
          "chronicle-map",
          "h2-mvstore",
          "lmdbjava",
          "jedis");

  private final ResultsFile file =
      new ResultsFile(
          Path.of("RESULTS.md"),
          HEAD,
          Part.known().stream()
              .flatMap(part -> Stream.of(title(part, false), title(part, true)))
              .toList());

  private final boolean quick;
  private final List<String> failed = new ArrayList<>();

  private Results(boolean quick) {
    this.quick = quick;
  }

  private static String title(Part part, boolean quick) {
    return quick ? part.title() + " (quick)" : part.title();
  }

  /** Takes names of parts, all without one, and {@code --quick}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<Part> parts = new ArrayList<>();
    boolean quick = false;
    for (String arg : args) {
      if (arg.equals("--help")) {
        System.out.println("Options: --quick, and parts: " + Part.names());
        return;
      } else if (arg.equals("--quick")) {
        quick = true;
      } else if (!arg.isEmpty()) {
        parts.add(Part.named(arg));
      }
    }
    Results results = new Results(quick);
    parts.stream()
        .filter(part -> results.arguments(part) == null)
        .findFirst()
        .ifPresent(
            part -> {
              throw new IllegalArgumentException(
                  part.name() + " cannot be measured quickly. Leave --quick out.");
            });
    List<Part> measured =
        (parts.isEmpty() ? Part.ALL : parts)
            .stream().filter(part -> results.arguments(part) != null).toList();
    for (Part part : measured) {
      System.out.printf("%nPart %d of %d%n", measured.indexOf(part) + 1, measured.size());
      results.measure(part);
    }
    if (!results.failed.isEmpty()) {
      throw new IllegalStateException("not measured, see above: " + results.failed);
    }
  }

  private @Nullable String arguments(Part part) {
    return part.arguments(quick);
  }

  private void measure(Part part) throws IOException, InterruptedException {
    String arguments = requireNonNull(arguments(part));
    System.out.println("\n## " + title(part, quick) + "\n");
    long begin = System.nanoTime();
    StringBuilder printed = new StringBuilder();
    int status = run(part, arguments, printed);
    if (status != 0) {
      System.out.println("The table ended with " + status);
      failed.add(part.name()); // the other parts are worth having
      return;
    }
    double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
    file.put(
        title(part, quick),
        """
        %s, %s; took %d min: `-Dtable=%s -Dargs="%s"`

        %s, with %s.

        ```
        %s
        ```
        """
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                machine(),
                Math.max(1, Math.round(seconds / 60)),
                part.table().getSimpleName(),
                arguments,
                revision(),
                versions(),
                printed.toString().stripTrailing()));
  }

  private static String machine() {
    return "%s, %s with %d cores and %d GB, JDK %s"
        .formatted(
            System.getProperty("os.name") + " " + System.getProperty("os.arch"),
            firstOf("/proc/cpuinfo", "model name").orElse("unknown"),
            Runtime.getRuntime().availableProcessors(),
            firstOf("/proc/meminfo", "MemTotal")
                    .map(kilobytes -> Long.parseLong(kilobytes.replaceAll("[^0-9]", "")))
                    .orElse(0L)
                >> 20,
            System.getProperty("java.version"));
  }

  /** What a file of the kernel says under a name. */
  private static Optional<String> firstOf(String file, String name) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip());
    } catch (IOException e) {
      return Optional.empty(); // another system
    }
  }

  /** Of memo. */
  private static String revision() {
    String commit = firstLineOf("git", "rev-parse", "--short", "HEAD").orElse("unknown");
    boolean changed =
        firstLineOf("git", "status", "--porcelain", "--", ":(top)*.java", ":(top)*pom.xml")
            .isPresent();
    return "memo at " + commit + (changed ? ", changed" : "");
  }

  /** What a program prints; nothing if it prints nothing, or cannot be run. */
  private static Optional<String> firstLineOf(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        return Optional.ofNullable(lines.readLine());
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String versions() {
    String jars = System.getProperty("java.class.path");
    Stream<String> redis =
        firstLineOf("redis-server", "--version").stream()
            .map(line -> line.replaceAll(".*v=(\\S+).*", "redis-server $1"));
    Stream<String> libraries =
        LIBRARIES.stream()
            .flatMap(
                library ->
                    Pattern.compile(
                            Pattern.quote(library) + "-(\\d[^/]*?)(-jar-with-dependencies)?\\.jar")
                        .matcher(jars)
                        .results()
                        .map(found -> library + " " + found.group(1))
                        .limit(1));
    return Stream.concat(libraries, redis).collect(Collectors.joining(", "));
  }

  /** Runs the table in a JVM of its own, and shows what it prints; returns how it ended. */
  private static int run(Part part, String arguments, StringBuilder printed)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(part.table().getName());
    if (!arguments.isEmpty()) {
      command.addAll(List.of(arguments.split(" ")));
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread hook = new Thread(process::destroy); // it would go on alone
    Runtime.getRuntime().addShutdownHook(hook);
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        printed.append(line.stripTrailing()).append('\n');
      }
    }
    int status = process.waitFor();
    boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
    return status;
  }
}
