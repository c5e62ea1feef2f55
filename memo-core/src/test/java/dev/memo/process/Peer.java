package dev.memo.process;

import dev.memo.call.MissReason;
import dev.memo.claims.Primary;
import dev.memo.claims.WaitGraph;
import dev.memo.store.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Another process that has the directory open, and does what a test tells it: each command on a
 * thread of its own, so that it may block.
 */
final class Peer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a peer may take to close its directory before its JVM is killed instead. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private static final String LEAVE = "leave";
  private static final String LEFT = "left";

  private final PeerJvm jvm;
  private final List<String> said = new ArrayList<>(); // guarded by this
  private int asked;
  private int answered; // guarded by this
  private boolean isOver; // its JVM was killed, or is not its own any more
  private boolean isStopped;

  private Peer(PeerJvm jvm, List<Object> life) {
    this.jvm = jvm;
    jvm.toldTo(this::hear);
    jvm.write(life.stream().map(Object::toString).collect(Collectors.joining(Program.SEPARATOR)));
  }

  static Peer start(Path directory, Times times) {
    return start(directory, times, PATIENCE, true);
  }

  /**
   * @param reportsWaits false switches off that waits inside the process are told to the primary
   */
  static Peer start(Path directory, Times times, Duration maxWait, boolean reportsWaits) {
    return start(directory, times, maxWait, reportsWaits, false, null);
  }

  /**
   * @param surroundings says what is special about its JVM
   */
  static Peer start(Path directory, Times times, Consumer<ChildJvm.Builder> surroundings) {
    return start(directory, times, PATIENCE, true, false, surroundings);
  }

  private static Peer start(
      Path directory,
      Times times,
      Duration maxWait,
      boolean reportsWaits,
      boolean readOnly,
      @Nullable Consumer<ChildJvm.Builder> surroundings) {
    PeerJvm jvm =
        surroundings == null
            ? PeerJvm.ordinary(Program.class)
            : PeerJvm.special(Program.class, surroundings);
    return new Peer(
        jvm,
        List.of(
            directory,
            times.beat().toMillis(),
            times.silence().toMillis(),
            times.lease().toMillis(),
            times.grace().toMillis(),
            maxWait.toMillis(),
            reportsWaits,
            readOnly));
  }

  /** Starts one and waits until it has the directory open. */
  static Peer open(Path directory, Times times) {
    return opened(start(directory, times));
  }

  static Peer open(Path directory, Times times, Consumer<ChildJvm.Builder> surroundings) {
    return opened(start(directory, times, surroundings));
  }

  /** As above, but it only reads. */
  static Peer openToRead(Path directory) {
    return opened(start(directory, Times.DEFAULT, PATIENCE, true, true, null));
  }

  static Peer openToRead(Path directory, Consumer<ChildJvm.Builder> surroundings) {
    return opened(start(directory, Times.DEFAULT, PATIENCE, true, true, surroundings));
  }

  private static Peer opened(Peer peer) {
    peer.await("opened");
    return peer;
  }

  private synchronized void hear(String line) {
    said.add(line);
    if (line.startsWith(Asked.TAG)) {
      answered++;
    }
    notifyAll();
  }

  long pid() {
    return jvm.process().pid();
  }

  /** A command under way. */
  final class Asked {
    private static final String TAG = "#";

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
    String tag = Asked.TAG + ++asked;
    StringBuilder line = new StringBuilder(tag);
    for (Object word : words) {
      line.append(' ').append(word);
    }
    jvm.write(line.toString());
    return new Asked(tag);
  }

  /** Asks and waits for the value. */
  String get(Object... words) {
    return ask(words).value();
  }

  /** The first line it ever said that begins so. */
  String await(String start) {
    String line = await(start, PATIENCE);
    if (line == null) {
      throw new AssertionError("the process never said " + start + ": " + said());
    }
    return line;
  }

  private synchronized List<String> said() {
    return List.copyOf(said);
  }

  /** As above; null if it does not say so in time. */
  private synchronized @Nullable String await(String start, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      for (String line : said) {
        if (line.startsWith(start)) {
          return line;
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return null;
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
    isStopped = true;
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
    isStopped = false;
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
    isOver = true;
    jvm.kill();
  }

  /** Lets it close the directory. */
  void leave() {
    isOver = true;
    if (!isReusable()) {
      jvm.leave();
      return;
    }
    jvm.write(LEAVE);
    await(LEFT);
    jvm.giveBack();
  }

  private synchronized boolean isReusable() {
    return jvm.isOrdinary() && jvm.process().isAlive() && !isStopped && answered == asked;
  }

  @Override
  public void close() {
    if (isOver) {
      return;
    }
    isOver = true;
    if (isReusable()) {
      jvm.write(LEAVE);
      if (await(LEFT, CLOSING) != null) {
        jvm.giveBack();
        return;
      }
    }
    jvm.process().destroyForcibly();
  }

  /** What runs in the other process. */
  static final class Program {
    private static final String SEPARATOR = "\t";

    private final OpenDirectory directory;
    private final GatedFunctions functions;

    private Program(OpenDirectory directory, GatedFunctions functions) {
      this.directory = directory;
      this.functions = functions;
    }

    /** One life after the other: a line with what it is about, then commands. */
    public static void main(String[] unused) throws IOException {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        live(line.split(SEPARATOR), lines);
        say(LEFT);
      }
    }

    private static void live(String[] life, BufferedReader lines) throws IOException {
      Duration[] durations = new Duration[5];
      for (int i = 0; i < durations.length; i++) {
        durations[i] = Duration.ofMillis(Long.parseLong(life[i + 1]));
      }
      Times times = new Times(durations[0], durations[1], durations[2], durations[3]);
      boolean reportsWaits = Boolean.parseBoolean(life[6]);
      boolean readOnly = Boolean.parseBoolean(life[7]);
      Path path = Path.of(life[0]);
      try (OpenDirectory directory =
          readOnly ? ReadOnlyOpenings.open(path) : Openings.open(path, times)) {
        Primary primary = directory.primary();
        GatedFunctions functions =
            new GatedFunctions(
                primary,
                reportsWaits ? primary.waits() : WaitGraph.JVM,
                durations[4],
                call -> say("computes " + call));
        Program program = new Program(directory, functions);
        say("opened");
        String line = lines.readLine();
        while (line != null && !line.equals(LEAVE)) {
          program.begin(line.split(" ", -1));
          line = lines.readLine();
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
