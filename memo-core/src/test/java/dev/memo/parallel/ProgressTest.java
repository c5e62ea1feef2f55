package dev.memo.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.memo.CapturedLog;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.parallel.ProgressMeter.Sample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a batch says how far it is; the estimates on a clock of the test's own. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000;
  private static final long HIT_NANOS = 20_000;

  /** A batch that happens on paper: each thread takes the next input when it is free. */
  private record Simulation(int size, int threads, IntPredicate hit, long missNanos) {

    /** What was measured, a second apart, and at the very end. */
    List<Progress> run() {
      ProgressMeter meter = new ProgressMeter(OptionalLong.of(size), threads, 0);
      Random random = new Random(5);
      List<Progress> measured = new ArrayList<>();
      PriorityQueue<long[]> ends = new PriorityQueue<>((a, b) -> Long.compare(a[0], b[0]));
      int begun = 0;
      long now = 0;
      long tick = SECOND;
      long hits = 0;
      long done = 0;
      long busy = 0;
      while (done < size) {
        while (begun < size && ends.size() < threads) {
          // misses take between half and one and a half of their mean
          long nanos =
              hit.test(begun)
                  ? HIT_NANOS
                  : missNanos / 2 + (long) (random.nextDouble() * missNanos);
          ends.add(new long[] {now + nanos, nanos, hit.test(begun) ? 1 : 0});
          begun++;
        }
        long[] next = ends.remove();
        while (tick < next[0]) {
          measured.add(meter.measure(new Sample(tick, begun, done, hits, done - hits, 0, 0, busy)));
          tick += SECOND;
        }
        now = next[0];
        busy += next[1];
        hits += next[2];
        done++;
      }
      measured.add(meter.measure(new Sample(now, begun, done, hits, done - hits, 0, 0, busy)));
      return measured;
    }

    long misses() {
      return IntStream.range(0, size).filter(i -> !hit.test(i)).count();
    }

    /** The error of the estimate when half of the misses have ended, as a share of the truth. */
    double errorHalfWay() {
      List<Progress> measured = run();
      Duration end = measured.get(measured.size() - 1).elapsed();
      Progress halfWay =
          measured.stream().filter(p -> p.misses() >= misses() / 2).findFirst().orElseThrow();
      double truth = end.minus(halfWay.elapsed()).toNanos();
      return halfWay.remaining().orElseThrow().toNanos() / truth - 1;
    }

    /** The same, if it went by how many inputs were done so far in which time. */
    double errorOfPlainRateHalfWay() {
      List<Progress> measured = run();
      Duration end = measured.get(measured.size() - 1).elapsed();
      Progress halfWay =
          measured.stream().filter(p -> p.misses() >= misses() / 2).findFirst().orElseThrow();
      double truth = end.minus(halfWay.elapsed()).toNanos();
      double plain =
          (double) halfWay.elapsed().toNanos() / halfWay.done() * (size - halfWay.done());
      return plain / truth - 1;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 100})
  void estimateIsRightHalfWayThroughTheMissesIfHitsComeFirst(int threads) {
    int size = 20_000;
    Simulation hitsFirst = new Simulation(size, threads, i -> i < size * 9 / 10, 5 * SECOND);
    assertThat(hitsFirst.errorHalfWay()).isCloseTo(0, within(0.2));
    assertThat(hitsFirst.errorOfPlainRateHalfWay())
        .as("what hits and misses took together is far from it")
        .isLessThan(-0.8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 100})
  void estimateIsRightIfHitsAndMissesAreMixed(int threads) {
    Random random = new Random(3);
    boolean[] hits = new boolean[20_000];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = random.nextInt(10) > 0;
    }
    Simulation mixed = new Simulation(hits.length, threads, i -> hits[i], 5 * SECOND);
    assertThat(mixed.errorHalfWay()).isCloseTo(0, within(0.2));
  }

  @Test
  void estimateIsRightIfAllAreMisses() {
    assertThat(new Simulation(2_000, 16, i -> false, 3 * SECOND).errorHalfWay())
        .isCloseTo(0, within(0.2));
  }

  @Test
  void hitsAloneAreNoGroundForAnEstimate() {
    ProgressMeter meter = new ProgressMeter(OptionalLong.of(1_000), 4, 0);
    assertThat(meter.measure(new Sample(SECOND, 500, 496, 496, 0, 0, 0, 1)).remaining()).isEmpty();
    assertThat(meter.measure(new Sample(2 * SECOND, 504, 500, 496, 4, 0, 0, SECOND)).remaining())
        .isPresent();
  }

  @Test
  void rateIsThatOfTheLastSeconds() {
    ProgressMeter meter = new ProgressMeter(OptionalLong.of(10_000), 4, 0);
    for (int second = 1; second < 100; second++) {
      long done = second < 50 ? 100L * second : 5_000 + (second - 50);
      Progress progress =
          meter.measure(new Sample(second * SECOND, done, done, 0, done, 0, 0, second * SECOND));
      if (second == 40) {
        assertThat(progress.perSecond()).isCloseTo(100, within(1e-9));
      } else if (second == 70) {
        assertThat(progress.perSecond()).isCloseTo(1, within(1e-9));
      }
    }
  }

  @Test
  void thereIsNoEstimateWhileAllThatAreLeftWait() {
    ProgressMeter meter = new ProgressMeter(OptionalLong.of(100), 8, 0);
    Sample working = new Sample(10 * SECOND, 98, 90, 0, 90, 0, 2, 80 * SECOND);
    assertThat(meter.measure(working).remaining()).isPresent();
    Sample waiting = new Sample(11 * SECOND, 100, 92, 0, 92, 0, 8, 81 * SECOND);
    assertThat(meter.measure(waiting).remaining()).isEmpty();
  }

  @Test
  void listenerHearsOfTheEndOfABatchOfNothing() {
    Heard heard = new Heard();
    assertThat(Parallel.batch((Integer i) -> i).progress(heard).run(List.of()).outcomes())
        .isEmpty();
    assertThat(heard.report.get().inputs()).isZero();
  }

  @Test
  void unknownTotalMeansNoEstimate() {
    ProgressMeter meter = new ProgressMeter(OptionalLong.empty(), 4, 0);
    Progress progress = meter.measure(new Sample(SECOND, 5, 4, 0, 4, 1, 0, SECOND));
    assertThat(progress.remaining()).isEmpty();
    assertThat(progress.underWay()).isEqualTo(1);
    assertThat(progress.perSecond()).isCloseTo(4, within(1e-9));
  }

  @Test
  void lineHasWhatThereIsToSay() {
    Progress progress =
        new Progress(
            OptionalLong.of(100_000),
            45_000,
            40_000,
            5_000,
            3,
            16,
            2,
            12.34,
            Duration.ofSeconds(100),
            Optional.of(Duration.ofSeconds(754)));
    assertThat(ConsoleProgress.line(progress))
        .isEqualTo(
            "45%, 12 min 34 s left, 45,000 of 100,000, 3 failed, 40,000 hit, 5,000 run,"
                + " 2 waiting, 12.3/s");
    Progress begin =
        new Progress(OptionalLong.empty(), 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, Optional.empty());
    assertThat(ConsoleProgress.line(begin)).isEqualTo("0 done");
  }

  @Test
  void numbersAreReadableHoweverLargeOrSmall() {
    assertThat(line(9_999_999, 0.004, Duration.ofDays(3).plusHours(4)))
        .isEqualTo("99%, 3 d 4 h left, 9,999,999 of 10,000,000, 9,999,999 run, 0.2/min");
    assertThat(line(1_234_567, 98_765.4, Duration.ofMillis(90)))
        .isEqualTo("12%, 1 s left, 1,234,567 of 10,000,000, 1,234,567 run, 98,765/s");
    assertThat(line(1, 1, Duration.ofMillis(59_600)))
        .isEqualTo("0%, 1 min 0 s left, 1 of 10,000,000, 1 run, 1.0/s");
    assertThat(line(1, 1, Duration.ofMillis(59_400)))
        .isEqualTo("0%, 59 s left, 1 of 10,000,000, 1 run, 1.0/s");
  }

  private static String line(long done, double perSecond, Duration remaining) {
    return ConsoleProgress.line(
        new Progress(
            OptionalLong.of(10_000_000),
            done,
            0,
            done,
            0,
            1,
            0,
            perSecond,
            Duration.ofSeconds(5),
            Optional.of(remaining)));
  }

  @Test
  void terminalGetsABarThatIsDrawnOverItselfAndALogGetsLines() {
    Progress half =
        new Progress(
            OptionalLong.of(10), 5, 0, 5, 0, 1, 0, 1, Duration.ofSeconds(5), Optional.empty());
    assertThat(printed(true, half))
        .isEqualTo(
            "\033[J\033D\033M\0337\033D\r"
                + "\033[?7l[########--------] 50%, 5 of 10, 5 run, 1.0/s \033[?7h\0338");
    assertThat(printed(false, half))
        .isEqualTo("50%, 5 of 10, 5 run, 1.0/s" + System.lineSeparator());
    assertThat(new ConsoleProgress(System.err, false).interval()).hasSeconds(10);
    assertThat(new ConsoleProgress(System.err, true).interval()).isLessThan(Duration.ofSeconds(1));
    assertThat(ConsoleProgress.isTerminal(null, "xterm")).isFalse();
  }

  private static String printed(boolean terminal, Progress progress) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ConsoleProgress console =
        new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
    console.progress(progress);
    String printed = bytes.toString(StandardCharsets.UTF_8);
    console.ended(REPORT); // or it would still be told when this JVM exits
    return printed;
  }

  private static final Report REPORT =
      new Report(
          5,
          OptionalLong.empty(),
          OptionalLong.empty(),
          0,
          0,
          Duration.ofSeconds(5),
          Optional.empty());

  @Test
  void ofABarThatIsLeftALineStaysAndOfOneThatHasEndedTheReport() {
    Progress half =
        new Progress(
            OptionalLong.of(10), 5, 0, 5, 0, 1, 0, 1, Duration.ofSeconds(5), Optional.empty());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new ConsoleProgress(out, true).leave();
    assertThat(bytes.size()).as("there is no bar yet").isZero();
    ConsoleProgress ending = new ConsoleProgress(out, true);
    ending.progress(half);
    bytes.reset();
    ending.ended(REPORT);
    ending.leave();
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("\033[J" + REPORT + System.lineSeparator());
    ConsoleProgress left = new ConsoleProgress(out, true);
    left.progress(half);
    bytes.reset();
    left.leave();
    left.progress(half); // the JVM exits, but the batch does not know
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r\033[J50%, 5 of 10, 5 run, 1.0/s" + System.lineSeparator());
    left.ended(REPORT);
  }

  @Test
  void errorsThatGoToAFileGetNoBar(@TempDir Path folder) throws IOException {
    for (String terminal : List.of("/dev/pts/3", "/dev/tty1")) {
      assertThat(ConsoleProgress.isTerminal(link(folder, terminal))).as(terminal).isTrue();
    }
    for (String other : List.of("/home/me/errors", "pipe:[4711]", "/dev/null")) {
      assertThat(ConsoleProgress.isTerminal(link(folder, other))).as(other).isFalse();
    }
    assertThat(ConsoleProgress.isTerminal(folder.resolve("no such system"))).isTrue();
  }

  private static Path link(Path folder, String target) throws IOException {
    Path link = folder.resolve("link");
    Files.deleteIfExists(link);
    return Files.createSymbolicLink(link, Path.of(target));
  }

  /** Hears of everything, often. */
  private static final class Heard implements ProgressListener {
    final ConcurrentLinkedQueue<Progress> progress = new ConcurrentLinkedQueue<>();
    final AtomicReference<Report> report = new AtomicReference<>();
    final CountDownLatch twice = new CountDownLatch(2);

    @Override
    public void progress(Progress now) {
      progress.add(now);
      twice.countDown();
    }

    @Override
    public void ended(Report last) {
      assertThat(report.getAndSet(last)).isNull();
    }

    @Override
    public Duration interval() {
      return Duration.ofMillis(1);
    }
  }

  @Test
  void listenerHearsOfHitsMissesFailuresAndTheEnd(@TempDir Path folder) throws Exception {
    Heard heard = new Heard();
    try (Memo memo = Memo.open(folder.resolve("progress.memo"))) {
      CachedFunction<Integer, Integer, InterruptedException> function =
          memo.function("f", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(
                  n -> {
                    if (n == 99) {
                      assertThat(heard.twice.await(60, java.util.concurrent.TimeUnit.SECONDS))
                          .isTrue();
                    } else if (n == 50) {
                      throw new IllegalStateException();
                    }
                    return n;
                  });
      for (int n = 0; n < 40; n++) {
        function.put(n, n);
      }
      List<Integer> inputs = IntStream.range(0, 100).boxed().toList();
      Parallel.batch(function)
          .threads(2)
          .failures(FailurePolicy.COLLECT)
          .progress(heard)
          .run(inputs);
    }
    Progress last = List.copyOf(heard.progress).get(heard.progress.size() - 1);
    assertThat(last.total()).hasValue(100);
    assertThat(last.hits()).isLessThanOrEqualTo(40);
    Report report = heard.report.get();
    assertThat(report.inputs()).isEqualTo(100);
    assertThat(report.fromCache()).hasValue(40);
    assertThat(report.computed()).hasValue(59);
    assertThat(report.failed()).isEqualTo(1);
  }

  @Test
  void listenerHearsOfTheEndOfBatchThatFailsOrIsClosed() {
    Heard failed = new Heard();
    assertThatThrownBy(
            () ->
                Parallel.batch((Integer i) -> 1 / i)
                    .threads(1)
                    .progress(failed)
                    .run(List.of(1, 0, 1)))
        .isInstanceOf(ArithmeticException.class);
    assertThat(failed.report.get().failed()).isEqualTo(1);
    Heard closed = new Heard();
    try (Stream<Outcome<Integer>> outcomes =
        Parallel.batch((Integer i) -> i).threads(1).progress(closed).stream(
            IntStream.range(0, 1_000).boxed())) {
      assertThat(outcomes.iterator().next().index()).isZero();
      assertThat(closed.report.get()).isNull();
    }
    assertThat(closed.report.get().inputs()).isBetween(1L, 32L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void brokenListenerIsLoggedAndNotCalledAgain(boolean error) {
    AtomicInteger called = new AtomicInteger();
    AtomicInteger ends = new AtomicInteger();
    CountDownLatch once = new CountDownLatch(1);
    ProgressListener broken =
        new ProgressListener() {
          @Override
          public void progress(Progress progress) {
            called.incrementAndGet();
            once.countDown();
            if (error) {
              throw new NoClassDefFoundError("broken");
            }
            throw new IllegalStateException("broken");
          }

          @Override
          public void ended(Report report) {
            ends.incrementAndGet();
          }

          @Override
          public Duration interval() {
            return Duration.ofMillis(1);
          }
        };
    try (CapturedLog log = CapturedLog.of(ProgressTicker.class.getName())) {
      BatchResult<Integer> result =
          Parallel.batch(
                  (Integer i) -> {
                    once.await();
                    return i;
                  })
              .progress(broken)
              .run(List.of(1, 2, 3));
      assertThat(result.values()).containsExactly(1, 2, 3);
      assertThat(log.warnings()).hasSize(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(called).hasValue(1);
    assertThat(ends).as("not even at the end").hasValue(0);
  }

  @Test
  void listenerThatFailsAtTheEndDoesNotReplaceTheResult() {
    ProgressListener broken =
        new ProgressListener() {
          @Override
          public void progress(Progress progress) {}

          @Override
          public void ended(Report report) {
            throw new AssertionError("broken");
          }
        };
    try (CapturedLog log = CapturedLog.of(ProgressTicker.class.getName())) {
      assertThat(Parallel.batch((Integer i) -> i).progress(broken).run(List.of(1)).values())
          .containsExactly(1);
      assertThat(log.warnings()).hasSize(1);
    }
  }

  @Test
  void listenerThatHangsIsNotToldTheEndBesideThat() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    AtomicInteger ends = new AtomicInteger();
    ProgressListener hanging =
        new ProgressListener() {
          @Override
          public void progress(Progress progress) {
            hangs.countDown();
            while (released.getCount() > 0) {
              Thread.onSpinWait(); // deaf to interrupts
            }
          }

          @Override
          public void ended(Report report) {
            ends.incrementAndGet();
          }

          @Override
          public Duration interval() {
            return Duration.ofMillis(1);
          }
        };
    try (CapturedLog log = CapturedLog.of(ProgressTicker.class.getName())) {
      BatchResult<Integer> result =
          Parallel.batch(
                  (Integer i) -> {
                    hangs.await();
                    return i;
                  })
              .progress(hanging)
              .run(List.of(1));
      assertThat(result.values()).containsExactly(1);
      assertThat(log.warnings()).singleElement().asString().contains("has not returned");
    } finally {
      released.countDown();
    }
    assertThat(ends).hasValue(0);
  }

  @Test
  void listenerMayCloseTheStream() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Stream<?>> stream = new AtomicReference<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void progress(Progress progress) {
            stream.get().close();
            interrupted.complete(Thread.currentThread().isInterrupted());
          }

          @Override
          public Duration interval() {
            return Duration.ofMillis(10);
          }
        };
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch(
            (Integer i) -> {
              never.await();
              return i;
            })
            .threads(1)
            .progress(listener)
            .stream(new ArrayList<>(IntStream.range(0, 3).boxed().toList()));
    stream.set(outcomes);
    try (CapturedLog log = CapturedLog.of(ProgressTicker.class.getName())) {
      assertThat(catchThrowable(() -> outcomes.forEach(o -> {})))
          .isInstanceOf(CancellationException.class);
      assertThat(interrupted.get(30, TimeUnit.SECONDS)).as("the listener's thread").isFalse();
      assertThat(log.warnings()).as("of a listener that waits for itself").isEmpty();
    }
  }

  @Test
  void listenerThatIsToldTheEndMayWaitForTheReader() throws Exception {
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch readerHasEnded = new CountDownLatch(1);
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    ProgressListener listener =
        new ProgressListener() {
          @Override
          public void progress(Progress progress) {}

          @Override
          public void ended(Report report) {
            closing.countDown();
            try {
              ended.complete(readerHasEnded.await(3, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              ended.completeExceptionally(e);
            }
          }
        };
    Stream<Outcome<Integer>> outcomes =
        Parallel.batch((Integer i) -> i).threads(1).progress(listener).stream(
            IntStream.range(0, 3).boxed().toList());
    Thread reader =
        new Thread(
            () -> {
              Throwable unused =
                  catchThrowable(
                      () ->
                          outcomes.forEach(
                              outcome -> {
                                taken.countDown();
                                awaitUnchecked(closing);
                              }));
              readerHasEnded.countDown();
            });
    reader.setDaemon(true);
    reader.start();
    awaitUnchecked(taken);
    outcomes.close();
    assertThat(ended.get(30, TimeUnit.SECONDS)).as("the reader could go on").isTrue();
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
