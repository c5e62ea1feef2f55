package dev.memo.parallel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.MissReason;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import dev.memo.store.StoreSeams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Batches whose processes are killed half-way and started again: all together pay for each input
 * once, and once more for what was under way in a process that was killed.
 */
@Tag("heavy")
@Timeout(600)
final class KilledBatchTest {
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final long SEED = Long.getLong("memo.test.seed", 20261129L);
  private static final int SIZE = SOAK ? 10_000 : 400;

  /** How often all processes are killed before they are left to finish. */
  private static final int ROUNDS = SOAK ? 6 : 1;

  private static final int THREADS = 4;
  private static final int PROCESSES = 4;

  private final Random random = new Random(SEED);
  private final Path folder;
  private final Path directory;
  private final List<ChildJvm> children = new ArrayList<>();
  private int started;
  private int killed;

  /** At most so many computations were under way in those that were killed. */
  private int underWay;

  KilledBatchTest(@TempDir Path folder) {
    this.folder = folder;
    this.directory = folder.resolve("killed.memo");
    System.out.println("seed " + SEED);
  }

  @Test
  @DisplayName("P3: a batch that is killed and started again pays once more for what was under way")
  void oneProcess() throws IOException {
    killOneProcess(true);
    assertPaidOnce(0);
  }

  @Test
  @DisplayName("twin: without the write-ahead log it pays again for what it had paid")
  void twinThatStoresNothing() throws IOException {
    killOneProcess(false);
    assertThat(lines("computed-").size()).isGreaterThan(SIZE + underWay);
  }

  private void killOneProcess(boolean stores) throws IOException {
    try {
      for (int round = 0; round < ROUNDS; round++) {
        int target = target(round);
        int most = stores ? most(target + SIZE / 10) : Integer.MAX_VALUE; // who knows
        start(new Share(0, SIZE, most), 2, stores);
        goOn();
        awaitComputed(target);
        killAll();
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    finishHere();
  }

  /** Starts the batch again, in this process. */
  private void finishHere() throws IOException {
    try (Memo memo = Memo.open(directory);
        Worker worker = new Worker(folder, started, Integer.MAX_VALUE, 0)) {
      worker.run(memo, new Share(0, SIZE, Integer.MAX_VALUE));
    }
  }

  @Test
  @DisplayName("P1, P3: so do four processes that share the inputs, or all have all of them")
  void fourProcesses() throws IOException {
    long exceptions = 0;
    int half = 0;
    try {
      for (int round = 0; round < ROUNDS; round++) {
        int target = target(round);
        int most = most(target + SIZE / 10);
        boolean quarters = round % 2 == 0;
        for (int i = 0; i < PROCESSES; i++) {
          int from = quarters ? SIZE / PROCESSES * i : 0;
          int size = quarters ? SIZE / PROCESSES : SIZE;
          start(new Share(from, from + size, most), 8, true);
        }
        goOn();
        awaitComputed(target);
        killAll();
        half = computed().size();
      }
      int most = most(SIZE * 95 / 100);
      for (int i = 0; i < PROCESSES; i++) {
        start(new Share(0, SIZE, most), 8, true);
      }
      goOn();
      awaitComputed(SIZE * 85 / 100);
      killOne(true);
      underWay += THREADS;
      awaitComputed(SIZE * 90 / 100);
      killOne(false);
      underWay += 2 * THREADS; // whoever waited for the first one goes on beside the others
      Files.createFile(folder.resolve("released"));
      for (ChildJvm child : children) {
        String line = child.awaitLine("ended", "failed");
        assertThat(line).startsWith("ended ");
        exceptions += Long.parseLong(line.substring("ended ".length()));
      }
      for (ChildJvm child : children) {
        child.process().getOutputStream().close();
        child.awaitEnd();
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    assertThat(half).as("computed when all were killed").isLessThan(SIZE);
    assertPaidOnce(exceptions);
  }

  /** After how many inputs all processes are killed; of one round it is about the half. */
  private int target(int round) {
    int step = SIZE / (ROUNDS + 1) * 8 / 10;
    return step * (round + 1) + random.nextInt(SIZE / 10);
  }

  /** How many computations there are in all when so many inputs are computed from now on. */
  private int most(int inputs) throws IOException {
    return inputs + lines("computed-").size() - computed().size();
  }

  /** Some inputs; whoever computes when all together have computed the most waits for leave. */
  private record Share(int from, int to, int most) {
    List<Integer> inputs() {
      return IntStream.range(from, to).boxed().toList();
    }
  }

  private void start(Share share, int millis, boolean stores) {
    children.add(
        ChildJvm.of(
                Worker.class,
                directory,
                folder,
                started++,
                share.from,
                share.to,
                share.most,
                millis,
                stores)
            .shortLived()
            .start());
  }

  /** Lets them begin when all have the directory open. */
  private void goOn() {
    for (ChildJvm child : children) {
      assertThat(child.awaitLine("opened", "failed")).isEqualTo("opened");
    }
    for (ChildJvm child : children) {
      new PrintStream(child.process().getOutputStream(), true, UTF_8).println("go");
    }
  }

  private void awaitComputed(int target) throws IOException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (computed().size() < target) {
      assertThat(System.nanoTime()).as("seed %s goes on to %s", SEED, target).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** All with one command, so that none has time to go on where another has stopped. */
  private void killAll() throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-KILL"));
    children.forEach(child -> command.add(Long.toString(child.process().pid())));
    try {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    children.forEach(ChildJvm::awaitEnd);
    killed += children.size();
    underWay += children.size() * THREADS;
    children.clear();
  }

  private void killOne(boolean primary) throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("owner"));
    ChildJvm victim =
        children.stream()
            .filter(c -> lines.contains("pid=" + c.process().pid()) == primary)
            .findFirst()
            .orElseThrow();
    victim.kill();
    children.remove(victim);
    killed++;
  }

  /**
   * @param exceptions how many calls computed without having looked for others that do
   */
  private void assertPaidOnce(long exceptions) throws IOException {
    List<String> computed = lines("computed-");
    System.out.printf(
        "%d inputs were computed %d times, by %d processes of which %d were killed%n",
        SIZE, computed.size(), started, killed);
    assertThat(computed()).hasSize(SIZE);
    assertThat((long) computed.size())
        .as("seed %s: computations", SEED)
        .isLessThanOrEqualTo(SIZE + underWay + exceptions);

    Map<String, String> results = new HashMap<>();
    for (String line : lines("returned-")) {
      String[] parts = line.split(" ", -1);
      String other = results.putIfAbsent(parts[0], parts[1]);
      assertThat(other).as("all get one result: %s", line).isIn(null, parts[1]);
    }
    assertThat(results).hasSize(SIZE);
    try (Memo memo = Memo.open(directory)) {
      CachedFunction<Integer, String, RuntimeException> stored =
          Worker.function(
              memo,
              input -> {
                throw new AssertionError("lost: " + input);
              });
      List<Integer> inputs = new Share(0, SIZE, SIZE).inputs();
      assertThat(Parallel.map(stored, inputs, THREADS))
          .isEqualTo(inputs.stream().map(i -> results.get(i.toString())).toList());
    }
  }

  private Set<String> computed() throws IOException {
    return new HashSet<>(lines("computed-"));
  }

  private List<String> lines(String prefix) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int number = 0; number <= started; number++) {
      Path file = folder.resolve(prefix + number);
      if (Files.exists(file)) {
        String text = Files.readString(file);
        lines.addAll(text.substring(0, text.lastIndexOf('\n') + 1).lines().toList());
      }
    }
    return lines;
  }

  /** Runs the batch, and writes down what it computes and what it gets. */
  static final class Worker implements AutoCloseable {
    /** Of one length: so the sizes of files tell how many there are. */
    private static final String LINE = "%06d";

    private static final int LINE_BYTES = 7;

    private final Path released;
    private final int number;
    private final int most;
    private final int millis;
    private final Path folder;
    private final FileChannel computed;
    private final FileChannel returned;

    Worker(Path folder, int number, int most, int millis) throws IOException {
      this.released = folder.resolve("released");
      this.number = number;
      this.most = most;
      this.folder = folder;
      this.millis = millis;
      this.computed = create(folder.resolve("computed-" + number));
      this.returned = create(folder.resolve("returned-" + number));
    }

    private static FileChannel create(Path file) throws IOException {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.APPEND);
    }

    /** The arguments: directory, folder, number, share, milliseconds, whether results are kept. */
    public static void main(String[] arguments) throws IOException {
      if (!Boolean.parseBoolean(arguments[7])) {
        StoreSeams.loseWhatIsNotFlushed();
      }
      Share share =
          new Share(
              Integer.parseInt(arguments[3]),
              Integer.parseInt(arguments[4]),
              Integer.parseInt(arguments[5]));
      try (Memo memo = Memo.open(Path.of(arguments[0]));
          Worker worker =
              new Worker(
                  Path.of(arguments[1]),
                  Integer.parseInt(arguments[2]),
                  share.most,
                  Integer.parseInt(arguments[6]))) {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        System.out.println("opened");
        String unused = commands.readLine();
        System.out.println("ended " + worker.run(memo, share));
        unused = commands.readLine();
      } catch (Throwable e) {
        System.out.println("failed: " + e);
        throw e;
      }
    }

    static CachedFunction<Integer, String, RuntimeException> function(
        Memo memo, java.util.function.Function<Integer, String> body) {
      return memo.function("paid", "1", TypeRef.of(Integer.class), TypeRef.of(String.class))
          .capturesNothing()
          .calls(body::apply);
    }

    /** Returns how many calls computed without having looked for others that do. */
    long run(Memo memo, Share share) {
      CachedFunction<Integer, String, RuntimeException> function = function(memo, this::compute);
      BatchBuilder<Integer, String, RuntimeException> batch =
          Parallel.batch(function).threads(THREADS);
      if (number % 2 == 1) {
        batch.run(share.inputs()).outcomes().forEach(outcome -> note(share, outcome));
      } else { // each result is acknowledged at once
        try (Stream<Outcome<String>> outcomes = batch.unordered().stream(share.inputs())) {
          outcomes.forEach(outcome -> note(share, outcome));
        }
      }
      return function.stats().missesByReason().entrySet().stream()
          .filter(entry -> entry.getKey() != MissReason.ABSENT)
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    private void note(Share share, Outcome<String> outcome) {
      if (outcome instanceof Outcome.Success<String> success) {
        append(returned, (share.from + success.index()) + " " + success.value());
      } else {
        throw new AssertionError(outcome);
      }
    }

    /** What it returns tells who has computed it. */
    private String compute(int input) {
      append(computed, LINE.formatted(input));
      do {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
      } while (computedByAll() > most && !Files.exists(released));
      return input + "/" + number;
    }

    private long computedByAll() {
      long bytes = 0;
      for (int i = 0; i <= number + PROCESSES; i++) {
        bytes += folder.resolve("computed-" + i).toFile().length(); // 0 if there is none
      }
      return bytes / LINE_BYTES;
    }

    /** With one write, so a kill leaves all of it or nothing. */
    private static void append(FileChannel file, String line) {
      try {
        int unused = file.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      computed.close();
      returned.close();
    }
  }
}
