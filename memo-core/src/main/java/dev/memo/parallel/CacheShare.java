package dev.memo.parallel;

import dev.memo.call.BatchCounts;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.ThrowingFunction;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a cached function did for a batch.
 *
 * @param hits calls answered without a run
 * @param computations runs that returned
 * @param timeSaved how long the computations took whose results were found
 */
record CacheShare(long hits, long computations, Duration timeSaved) {

  /** What was counted for the batch alone. */
  static CacheShare of(BatchCounts counts) {
    return new CacheShare(counts.hits(), counts.computations(), counts.timeSaved());
  }

  /** What the function's counters say now; null of one that is not known to be cached. */
  static @Nullable CacheShare of(ThrowingFunction<?, ?, ?> function) {
    if (!(function instanceof CachedFunction<?, ?, ?> cached)) {
      return null;
    }
    FunctionStats stats = cached.stats();
    return new CacheShare(stats.hits(), stats.computations(), stats.timeSaved());
  }

  CacheShare minus(CacheShare before) {
    return new CacheShare(
        hits - before.hits, computations - before.computations, timeSaved.minus(before.timeSaved));
  }
}
