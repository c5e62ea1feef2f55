package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.memo.benchmarks.Contest.Contestant;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One row of {@link CodecTable}. The contestants take turns, an iteration each, so that whatever
 * else the machine does meanwhile meets all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(
    iterations = CodecBenchmark.CONTESTANTS * CodecBenchmark.WARMUP_TURNS,
    time = 25,
    timeUnit = TimeUnit.MILLISECONDS)
@Measurement(
    iterations = CodecBenchmark.CONTESTANTS * CodecBenchmark.TURNS,
    time = 10,
    timeUnit = TimeUnit.MILLISECONDS)
public class CodecBenchmark {
  static final int CONTESTANTS = 3;
  static final int WARMUP_TURNS = 12;
  static final int TURNS = 21;

  private static final int CALLS_OF_OTHERS = 300;

  /** A name in {@link Samples#ROWS}. */
  @Param("key (String, int)")
  public String row = "";

  private @Nullable Contest contest;
  private int turn = -1;
  private Contestant contestant = Contestant.MEMO;

  /** In a program with one type only, call sites would be faster than in any real one. */
  @Setup(Level.Trial)
  public void seeAllTypes(Blackhole out) {
    for (Supplier<Contest> row : Samples.ROWS.values()) {
      Contest other = row.get();
      for (int i = 0; i < CALLS_OF_OTHERS; i++) {
        for (Contestant any : Contestant.values()) {
          other.run(any, out);
        }
      }
    }
    contest = requireNonNull(Samples.ROWS.get(row), "no such row: " + row).get();
  }

  /** The first comes first again when the measurement begins. */
  @Setup(Level.Iteration)
  public void takeTurns() {
    contestant = Contestant.ofTurn(++turn);
  }

  @Benchmark
  public void run(Blackhole out) {
    requireNonNull(contest).run(contestant, out);
  }
}
