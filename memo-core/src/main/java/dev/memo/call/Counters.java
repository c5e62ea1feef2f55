package dev.memo.call;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one function does. Thread-safe; adding is cheap under contention. */
final class Counters {
  final LongAdder calls = new LongAdder();
  final LongAdder bypasses = new LongAdder();
  final LongAdder computations = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder cycleBreaks = new LongAdder();
  final LongAdder spooled = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
  final EnumCounter<UnstoredReason> unstored = new EnumCounter<>(UnstoredReason.class);

  private final EnumCounter<HitSource> hits = new EnumCounter<>(HitSource.class);
  private final EnumCounter<MissReason> misses = new EnumCounter<>(MissReason.class);
  private final LongAdder nanosSaved = new LongAdder();

  void hit(HitSource source, long durationNanos) {
    hits.increment(source);
    nanosSaved.add(durationNanos);
  }

  void miss(MissReason reason) {
    misses.increment(reason);
    if (reason == MissReason.CYCLE) {
      cycleBreaks.increment();
    }
  }

  FunctionStats snapshot() {
    return new FunctionStats(
        calls.sum(),
        hits.sums(),
        misses.sums(),
        bypasses.sum(),
        computations.sum(),
        failures.sum(),
        cycleBreaks.sum(),
        spooled.sum(),
        unstored.sums(),
        bytesRead.sum(),
        bytesWritten.sum(),
        Duration.ofNanos(nanosSaved.sum()));
  }
}
