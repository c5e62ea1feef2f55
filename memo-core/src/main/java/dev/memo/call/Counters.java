package dev.memo.call;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one function does. Thread-safe; adding is cheap under contention. */
final class Counters {
  final LongAdder bypasses = new LongAdder();
  final LongAdder computations = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder cycleBreaks = new LongAdder();
  final LongAdder spooled = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
  final EnumCounter<UnstoredReason> unstored = new EnumCounter<>(UnstoredReason.class);

  private final LongAdder slowCalls = new LongAdder();
  private final EnumCounter<HitSource> hits = new EnumCounter<>(HitSource.class);
  private final LongAdder heapHits = hits.of(HitSource.HEAP);
  private final EnumCounter<MissReason> misses = new EnumCounter<>(MissReason.class);
  private final LongAdder nanosSaved = new LongAdder();

  /** A call; not one that the heap tier answers. */
  void call() {
    slowCalls.increment();
  }

  /** A call that the heap tier answers. It is the hot path, and counts no more than it must. */
  void heapHit(long durationNanos) {
    heapHits.increment();
    nanosSaved.add(durationNanos);
  }

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
        slowCalls.sum() + heapHits.sum(),
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
