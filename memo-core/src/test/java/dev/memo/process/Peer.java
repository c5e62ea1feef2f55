package dev.memo.process;

import dev.memo.call.MissReason;
import dev.memo.claims.Primary;
import dev.memo.claims.WaitGraph;
import dev.memo.store.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Another process that has the directory open, and does what a test tells it: each command on a
 * thread of its own, so that it may block.
 */
final class Peer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String READ_ONLY = "memo.test.readOnly";

  private final ChildJvm child;
  private final PrintStream commands;
  private final List<String> said = new ArrayList<>(); // guarded by this
  private int asked;

  private Peer(ChildJvm child) {
    this.child = child;
    this.commands =
        new PrintStream(child.process().getOutputStream(), true, StandardCharsets.UTF_8);
    Thread listener = new Thread(this::listen, "listens to " + pid());
    listener.setDaemon(true);
    listener.start();
  }

  static Peer start(Path directory, Times times) {
    return start(directory, times, PATIENCE, true);
  }

  /**
   * @param reportsWaits false switches off that waits inside the process are told to the primary
   */
  static Peer start(Path directory, Times times, Duration maxWait, boolean reportsWaits) {
    return start(directory, times, maxWait, reportsWaits, surroundings -> {});
  }

  /**
   * @param surroundings says what is special about its JVM
   */
  static Peer start(
      Path directory,
      Times times,
      Duration maxWait,
      boolean reportsWaits,
      Consumer<ChildJvm.Builder> surroundings) {
    ChildJvm.Builder child =
        ChildJvm.of(
            Program.class,
            directory,
            times.beat().toMillis(),
            times.silence().toMillis(),
            times.lease().toMillis(),
            times.grace().toMillis(),
            maxWait.toMillis(),
            reportsWaits);
    surroundings.accept(child.shortLived());
    return new Peer(child.start());
  }

  /** Starts one and waits until it has the directory open. */
  static Peer open(Path directory, Times times) {
    return open(directory, times, surroundings -> {});
  }

  static Peer open(Path directory, Times times, Consumer<ChildJvm.Builder> surroundings) {
    Peer peer = start(directory, times, PATIENCE, true, surroundings);
    peer.await("opened");
    return peer;
  }

  /** As above, but it only reads. */
  static Peer openToRead(Path directory, Consumer<ChildJvm.Builder> surroundings) {
    return open(
        directory,
        Times.DEFAULT,
        child -> surroundings.accept(child.option("-D" + READ_ONLY + "=true")));
  }

  private void listen() {
    try (BufferedReader lines = child.process().inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (this) {
          said.add(line);
          notifyAll();
        }
      }
    } catch (IOException e) {
      synchronized (this) {
        said.add("cannot be heard: " + e);
        notifyAll();
      }
    }
  }

  long pid() {
    return child.process().pid();
  }

  /** A command under way. */
  final class Asked {
    private final String tag;

    private Asked(String tag) {
      this.tag = tag;
    }

    /** What came of it, as in "returned 5" or "threw java.lang...". */
    String answer() {
      return await(tag + " ").substring(tag.length() + 1);
    }

    /** What it returned. */
    String value() {
      String answer = answer();
      if (!answer.startsWith("returned ")) {
        throw new AssertionError(answer);
      }
      return answer.substring("returned ".length());
    }

    boolean isAnswered() {
      return hasSaid(tag + " ");
    }
  }

  /** Tells it to do something; the words are those of {@link Program}. */
  Asked ask(Object... words) {
    String tag = "#" + ++asked;
    StringBuilder line = new StringBuilder(tag);
    for (Object word : words) {
      line.append(' ').append(word);
    }
    commands.println(line);
    return new Asked(tag);
  }

  /** Asks and waits for the value. */
  String get(Object... words) {
    return ask(words).value();
  }

  /** The first line it ever said that begins so. */
  synchronized String await(String start) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      for (String line : said) {
        if (line.startsWith(start)) {
          return line;
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("the process never said " + start + ": " + said);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  synchronized boolean hasSaid(String start) {
    return said.stream().anyMatch(line -> line.startsWith(start));
  }

  /** What it said of a kind, as a log line does somewhere in its middle. */
  synchronized List<String> mentions(String part) {
    return said.stream().filter(line -> line.contains(part)).toList();
  }

  /** How many computations of this call it has begun. */
  synchronized long computations(String function, int key) {
    return said.stream().filter(Predicate.isEqual("computes " + function + " " + key)).count();
  }

  /** Stops it as SIGSTOP does, and waits until no thread of it runs any more. */
  void stop() {
    signal("-STOP");
    Path threads = Path.of("/proc", Long.toString(pid()), "task");
    Openings.await(
        "the process stands still",
        () -> Openings.names(threads).stream().allMatch(t -> isStopped(threads.resolve(t))));
  }

  private static boolean isStopped(Path thread) {
    try {
      return Files.readString(thread.resolve("status")).contains("State:\tT");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Lets it go on. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int status =
          new ProcessBuilder("kill", signal, Long.toString(pid())).inheritIO().start().waitFor();
      if (status != 0) {
        throw new AssertionError("kill " + signal + " ended with " + status);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    child.process().toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Lets it close the directory and end. */
  void leave() {
    commands.close();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!child.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end: " + said);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    child.close();
  }

  /** What runs in the other process. */
  static final class Program {
    private final OpenDirectory directory;
    private final GatedFunctions functions;

    private Program(OpenDirectory directory, GatedFunctions functions) {
      this.directory = directory;
      this.functions = functions;
    }

    public static void main(String[] arguments) throws IOException {
      Duration[] durations = new Duration[5];
      for (int i = 0; i < durations.length; i++) {
        durations[i] = Duration.ofMillis(Long.parseLong(arguments[i + 1]));
      }
      Times times = new Times(durations[0], durations[1], durations[2], durations[3]);
      boolean reportsWaits = Boolean.parseBoolean(arguments[6]);
      Path path = Path.of(arguments[0]);
      try (OpenDirectory directory =
          Boolean.getBoolean(READ_ONLY)
              ? ReadOnlyOpenings.open(path)
              : Openings.open(path, times)) {
        Primary primary = directory.primary();
        GatedFunctions functions =
            new GatedFunctions(
                primary,
                reportsWaits ? primary.waits() : WaitGraph.JVM,
                durations[4],
                call -> say("computes " + call));
        Program program = new Program(directory, functions);
        say("opened");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          program.begin(line.split(" ", -1));
        }
      }
    }

    private static void say(String line) {
      System.out.println(line);
    }

    private void begin(String[] words) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  say(words[0] + " returned " + carryOut(words));
                } catch (Throwable e) {
                  say(words[0] + " threw " + e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    /** How long the thread that keeps the directory has run on a processor. */
    private static long keeperNanos() {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
          .filter(Objects::nonNull) // those that have ended meanwhile
          .filter(thread -> thread.getThreadName().startsWith("memo keeps "))
          .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
          .sum();
    }

    /** The words: tag, verb, then mostly function and key. */
    private @Nullable Object carryOut(String[] words) {
      int key = words.length > 3 ? Integer.parseInt(words[3]) : 0;
      return switch (words[1]) {
        case "call" -> functions.call(words[2], key);
        case "peek" -> functions.peek(words[2], key);
        case "refresh" -> functions.refresh(words[2], key);
        case "put" -> {
          functions.put(words[2], key, words[4]);
          yield "";
        }
        case "invalidate" -> {
          functions.invalidate(words[2], key);
          yield "";
        }
        case "invalidateAll" -> {
          functions.invalidateAll(words[2]);
          yield "";
        }
        case "open" -> {
          functions.open(words[2], key, words.length > 4 ? words[4] : "");
          yield "";
        }
        case "role" -> Openings.role(directory);
        case "look" -> {
          Openings.look();
          yield "";
        }
        case "tombstones" -> Openings.tombstones(directory).count();
        case "id" -> directory.id();
        case "jdk" -> Runtime.version().feature();
        case "now" -> System.currentTimeMillis();
        case "waiters" -> Openings.waiters();
        case "spooled" -> functions.stats().spooled();
        case "keeperNanos" -> keeperNanos();
        case "computations" -> functions.stats().computations();
        case "cycles" -> functions.stats().cycleBreaks();
        case "misses" -> functions.stats().missesByReason().get(MissReason.valueOf(words[2]));
        default -> throw new IllegalArgumentException("not understood: " + words[1]);
      };
    }
  }
}
