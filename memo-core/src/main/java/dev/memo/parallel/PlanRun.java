package dev.memo.parallel;

import dev.memo.call.BulkCalls;
import dev.memo.call.BulkPlan;
import dev.memo.call.BulkPlan.Found;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the inputs of a batch on several threads. The calling thread reads as many of them as
 * keep these busy for some hundredths of a second, and goes on when all have been looked up: so
 * there may be any number of inputs, and reading them needs no care. Used once.
 */
final class PlanRun<A extends @Nullable Object> {
  private static final int CHUNK = BulkCalls.CHUNK;
  private static final int READ_AHEAD = 256 * CHUNK;

  private final CachedFunction<A, ?, ?> function;
  private final int threads;
  private final BulkPlan<A> plan;

  /** What made further look-ups pointless. */
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  PlanRun(CachedFunction<A, ?, ?> function, int threads) {
    this.function = function;
    this.threads = threads;
    this.plan = new BulkPlan<>(function);
  }

  Plan run(Iterator<? extends A> inputs) {
    List<A> some = new ArrayList<>();
    while (inputs.hasNext()) {
      some.clear();
      while (some.size() < READ_AHEAD && inputs.hasNext()) {
        some.add(inputs.next());
      }
      lookUpAll(some);
    }
    return told(plan.found());
  }

  private void lookUpAll(List<A> some) {
    int processors = Runtime.getRuntime().availableProcessors();
    try {
      Batch.run(
          chunk -> lookUp(some.subList(chunk * CHUNK, Math.min((chunk + 1) * CHUNK, some.size()))),
          (some.size() - 1) / CHUNK + 1,
          Math.min(threads, processors));
    } catch (CancellationException e) {
      CancellationException cancelled =
          new CancellationException("a plan was cancelled: its calling thread was interrupted");
      cancelled.initCause(e);
      throw cancelled;
    }
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    } else if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** What this throws is kept: the batch would add to it the index of the chunk. */
  private void lookUp(List<A> chunk) {
    if (failure.get() == null) {
      try {
        plan.lookUp(chunk);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  private Plan told(Found found) {
    Duration time = found.time();
    long timed = found.timed();
    if (timed == 0 && found.misses() > 0) {
      FunctionStats before = function.stats();
      time = before.timeSaved();
      timed = time.isZero() ? 0 : before.hits();
    }
    return new Plan(
        found.hits(),
        found.misses(),
        found.duplicates(),
        found.unknown(),
        threads,
        timed == 0 ? Optional.empty() : Optional.of(time.dividedBy(timed)),
        timed,
        found.time(),
        Optional.empty());
  }
}
