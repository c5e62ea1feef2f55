package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

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
 * One row of {@link CodecTable}. memo and Kryo take turns, an iteration each, so that whatever else
 * the machine does meanwhile meets both.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 2 * CodecBenchmark.WARMUP_TURNS, time = 25, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 2 * CodecBenchmark.TURNS, time = 10, timeUnit = TimeUnit.MILLISECONDS)
public class CodecBenchmark {
  static final int WARMUP_TURNS = 12;
  static final int TURNS = 21;

  private static final int CALLS_OF_OTHERS = 300;

  /** A name in {@link Samples#ROWS}. */
  @Param("key (String, int)")
  public String row = "";

  private @Nullable Duel duel;
  private boolean memosTurn;

  /** In a program with one type only, call sites would be faster than in any real one. */
  @Setup(Level.Trial)
  public void seeAllTypes(Blackhole out) {
    for (Supplier<Duel> any : Samples.ROWS.values()) {
      Duel other = any.get();
      for (int i = 0; i < CALLS_OF_OTHERS; i++) {
        other.memo(out);
        other.kryo(out);
      }
    }
    duel = requireNonNull(Samples.ROWS.get(row), "no such row: " + row).get();
  }

  /** memo's turn is the first of all, and the number of turns before a measurement is even. */
  @Setup(Level.Iteration)
  public void takeTurns() {
    memosTurn = !memosTurn;
  }

  @Benchmark
  public void run(Blackhole out) {
    Duel current = requireNonNull(duel);
    if (memosTurn) {
      current.memo(out);
    } else {
      current.kryo(out);
    }
  }
}
