package dev.memo.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.history.HistoryWorker.Mode;
import dev.memo.history.Operation.Answer;
import dev.memo.history.Operation.Kind;
import dev.memo.history.Operation.Source;
import dev.memo.history.RegisterChecker.Span;
import dev.memo.process.ReadPath;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Calls, puts, refreshes and invalidations of the same keys in many processes, which keep values on
 * their heaps and are killed: each key behaves like one register ({@link RegisterChecker}).
 */
@Tag("heavy")
final class HistoriesTest {
  private static final long SEED = Long.getLong("memo.test.seed", 20261128L);
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final int OPERATIONS =
      Integer.getInteger("memo.test.operations", SOAK ? 500_000 : 2_000);
  private static final int KILLS = Integer.getInteger("memo.test.kills", SOAK ? 50 : 3);
  private static final Duration SLOT = Duration.ofMillis(SOAK ? 15 : 75);
  private static final int PROCESSES = 4;

  /** One of so many operations at least has to find its value in the process's own view. */
  private static final int ENOUGH_READS_HERE = 50;

  /** What takes as long may have lost its primary to silence, which is 5 s. */
  private static final Duration LONG = Duration.ofSeconds(4);

  /** More than the twins need by far. */
  private static final int TWIN_OPERATIONS = 100_000;

  private static final int TWIN_ROUND = 1_000;

  /** Below that nobody sees what is written before it is forced to the medium. */
  private static final Duration SLOW_DISK = Duration.ofNanos(20_000);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path directory;
  private final List<ChildJvm> children = new ArrayList<>();
  private final List<Span> kills = new ArrayList<>();
  private final List<String> looks = new ArrayList<>();
  private int started;

  HistoriesTest(@TempDir Path folder) {
    this.folder = folder;
    this.directory = folder.resolve("shared.memo");
  }

  @ParameterizedTest
  @EnumSource(ReadPath.class)
  @DisplayName("P2, P6: under kills each key is a register in the eyes of all processes")
  void everyKeyIsARegister(ReadPath readPath) throws IOException {
    long begin = System.nanoTime();
    Random random = new Random(SEED);
    int primaries = 0;
    List<String> said = new ArrayList<>();
    try {
      start(PROCESSES, Mode.SOUND, readPath);
      for (int kill = 1; kill <= KILLS; kill++) {
        awaitOperations((long) kill * OPERATIONS / (KILLS + 1));
        ChildJvm primary = primary();
        boolean aimed = kill % 3 == 0 && primary != null;
        ChildJvm victim = aimed ? primary : children.get(random.nextInt(children.size()));
        primaries += victim == primary ? 1 : 0;
        pauseIntoBurst(random);
        said.addAll(kill(victim));
        start(1, Mode.SOUND, readPath);
      }
      awaitOperations(OPERATIONS);
      if (readPath == ReadPath.SECONDARY) {
        awaitReadsHere();
      }
      stop();
    } finally {
      children.forEach(ChildJvm::close);
    }
    List<Operation> operations = Recorder.read(folder);
    long ran = System.nanoTime();
    List<Operation> late = operations.stream().filter(HistoriesTest::isLate).toList();
    List<Span> breaks = new ArrayList<>(kills);
    late.forEach(operation -> breaks.add(new Span(operation.begin(), operation.end())));
    List<String> violations = RegisterChecker.violations(operations, breaks);
    System.out.printf(
        Locale.ROOT,
        "%s, seed %d: %d operations of %d processes in %.1f s, checked in %.1f s; killed %d, of them"
            + " %d primaries; longer than %s: %d; looks of those that ended: %s%n%s%n",
        readPath,
        SEED,
        operations.size(),
        started,
        (ran - begin) / 1e9,
        (System.nanoTime() - ran) / 1e9,
        kills.size(),
        primaries,
        LONG,
        late.size(),
        looks,
        summary(operations));
    assertThat(said).as("seed %s", SEED).noneMatch(line -> line.startsWith("failed"));
    assertThat(operations).hasSizeGreaterThanOrEqualTo(OPERATIONS);
    assertThat(late.size())
        .as("operations that excuse others because they took long")
        .isLessThanOrEqualTo(operations.size() / 100);
    assertThat(kills).hasSize(KILLS);
    assertThat(primaries).isGreaterThanOrEqualTo(KILLS / 3);
    assertThat(operations)
        .as("no call throws")
        .noneMatch(operation -> operation.kind() == Kind.CALL && operation.threw());
    assertThat(operations.stream().map(Operation::source).filter(Objects::nonNull))
        .as("the sources that are met")
        .containsOnly(sources(readPath));
    assertThat(violations).as("seed %s", SEED).isEmpty();
  }

  private static Source[] sources(ReadPath readPath) {
    EnumSet<Source> sources = EnumSet.allOf(Source.class);
    if (readPath == ReadPath.SOCKET) {
      sources.remove(Source.HERE);
    }
    return sources.toArray(new Source[0]);
  }

  private static boolean isLate(Operation operation) {
    return operation.end() != Operation.NEVER
        && operation.end() - operation.begin() > LONG.toNanos();
  }

  @Test
  @DisplayName("twin: with epochs that stand still no register explains what was seen")
  void twinOfEpochs() throws IOException {
    assertIsFound(Mode.FROZEN_EPOCHS, ReadPath.SOCKET);
  }

  @Test
  @DisplayName("twin: with old results that are stored no register explains what was seen")
  void twinOfOutdating() throws IOException {
    assertIsFound(Mode.NEVER_OUTDATED, ReadPath.SOCKET);
  }

  @Test
  @DisplayName("twin: with views that do not know what is old no register explains what was seen")
  void twinOfViews() throws IOException {
    assertIsFound(Mode.FROZEN_VIEWS, ReadPath.SECONDARY);
  }

  @Test
  @DisplayName("twin: with changes that are seen too early no register explains what was seen")
  void twinOfMarkedChanges() throws IOException {
    assumeTrue(SOAK, "takes a minute; SecondariesTest has a twin that need not be lucky");
    assumeTrue(forcing().compareTo(SLOW_DISK) > 0, "this disk forces too fast to look meanwhile");
    // one leads; of the others, one sees what another has not seen yet
    assertIsFound(Mode.UNMARKED_CHANGES, ReadPath.SECONDARY, PROCESSES, 4 * TWIN_ROUND);
  }

  /** How long it mostly takes to force a few bytes to the medium. */
  private Duration forcing() throws IOException {
    long[] nanos = new long[21];
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("forced"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < nanos.length; i++) {
        long begin = System.nanoTime();
        int unused = file.write(ByteBuffer.allocate(100));
        file.force(false);
        nanos[i] = System.nanoTime() - begin;
      }
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[nanos.length / 2]);
  }

  private void assertIsFound(Mode mode, ReadPath readPath) throws IOException {
    assertIsFound(mode, readPath, 2, TWIN_ROUND);
  }

  private void assertIsFound(Mode mode, ReadPath readPath, int processes, int round)
      throws IOException {
    List<String> violations = List.of();
    try {
      start(processes, mode, readPath);
      for (int enough = round; violations.isEmpty(); enough *= 2) {
        assertThat(enough).as("seed %s", SEED).isLessThanOrEqualTo(TWIN_OPERATIONS);
        awaitOperations(enough);
        stop();
        violations = RegisterChecker.violations(Recorder.read(folder), kills);
        if (violations.isEmpty()) {
          start(processes, mode, readPath);
        }
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    System.out.println(
        mode + ": " + violations.size() + " keys, first of them " + violations.get(0));
  }

  private void start(int count, Mode mode, ReadPath readPath) {
    for (int i = 0; i < count; i++) {
      started++;
      children.add(
          ChildJvm.of(
                  HistoryWorker.class,
                  directory,
                  folder,
                  started,
                  SEED,
                  slot(mode).toMillis(),
                  mode,
                  readPath)
              .shortLived()
              .start());
    }
    for (ChildJvm child : children.subList(children.size() - count, children.size())) {
      assertThat(child.awaitLine("opened", "failed")).isEqualTo("opened");
    }
  }

  /** Time to do nothing, which a twin need not have if it needs no threads to meet. */
  private static Duration slot(Mode mode) {
    return mode == Mode.UNMARKED_CHANGES ? Duration.ofMillis(10) : SLOT;
  }

  private List<String> kill(ChildJvm victim) {
    long begin = System.nanoTime();
    List<String> said = victim.kill();
    kills.add(new Span(begin, System.nanoTime()));
    children.remove(victim);
    return said;
  }

  /** Processes are idle between bursts, when to kill them shows nothing. */
  private static void pauseIntoBurst(Random random) {
    long now = System.nanoTime();
    long next = (now / SLOT.toNanos() + 1) * SLOT.toNanos();
    long until = next + random.nextInt((int) TimeUnit.MILLISECONDS.toNanos(15));
    for (; now < until; now = System.nanoTime()) {
      LockSupport.parkNanos(until - now);
    }
  }

  /** Lets all end; none leaves before all have done their last operation. */
  private void stop() throws IOException {
    for (ChildJvm child : children) {
      OutputStream input = child.process().getOutputStream();
      input.write("stop\n".getBytes(UTF_8));
      input.flush();
    }
    for (ChildJvm child : children) {
      String line = child.awaitLine("done", "failed");
      assertThat(line).startsWith("done");
      looks.add(line.substring("done: ".length(), line.indexOf(", Function")));
    }
    for (ChildJvm child : children) {
      child.process().getOutputStream().close();
      assertThat(child.awaitEnd()).noneMatch(line -> line.startsWith("failed"));
    }
    children.clear();
  }

  private void awaitOperations(long count) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long before = 0;
    for (long now = Recorder.count(folder); now < count; now = Recorder.count(folder)) {
      if (now > before) {
        deadline = System.nanoTime() + PATIENCE.toNanos();
      }
      before = now;
      assertThat(System.nanoTime()).as("seed %s goes on", SEED).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** A machine that has other things to do opens the database less often. */
  private void awaitReadsHere() throws IOException {
    long done = OPERATIONS;
    while (readHere(Recorder.read(folder)) < OPERATIONS / ENOUGH_READS_HERE) {
      done += OPERATIONS / 10;
      assertThat(done).as("seed %s: operations", SEED).isLessThan(10L * OPERATIONS);
      awaitOperations(done);
    }
  }

  private static long readHere(List<Operation> operations) {
    return operations.stream().filter(operation -> operation.source() == Source.HERE).count();
  }

  /** The process that says it is the primary; null while there is none. */
  private @Nullable ChildJvm primary() throws IOException {
    List<String> owner = Files.readAllLines(directory.resolve("owner"));
    return children.stream()
        .filter(child -> owner.contains("pid=" + child.process().pid()))
        .findFirst()
        .orElse(null);
  }

  private static String summary(List<Operation> operations) {
    List<Operation> computed = operations.stream().filter(Operation::hasRun).toList();
    List<Operation> found =
        operations.stream()
            .filter(o -> o.kind() == Kind.CALL && o.hasReturned() && o.value() != o.id())
            .toList();
    return "done: "
        + counts(operations, Operation::kind)
        + "; hits by source: "
        + counts(found, operation -> String.valueOf(operation.source()))
        + "; computed by answer: "
        + counts(computed.stream().filter(o -> o.kind() == Kind.CALL).toList(), Operation::answer)
        + ", refreshed: "
        + counts(
            computed.stream().filter(o -> o.kind() == Kind.REFRESH).toList(), Operation::answer)
        + "; spooled "
        + computed.stream().filter(o -> o.answer() == Answer.SPOOLED).count()
        + "; threw "
        + counts(operations.stream().filter(Operation::threw).toList(), Operation::kind)
        + "; never ended "
        + operations.stream().filter(o -> o.end() == Operation.NEVER).count();
  }

  private static <T extends Comparable<T>> Map<T, Long> counts(
      List<Operation> operations, Function<Operation, T> by) {
    return operations.stream()
        .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
  }
}
