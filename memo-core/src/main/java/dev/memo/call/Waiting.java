package dev.memo.call;

import dev.memo.claims.Chain;
import dev.memo.claims.Waits;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for another chain's computation, as long as that makes sense. */
final class Waiting {
  /** How often a waiter looks whether the holder is still there. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Waits waits;

  Waiting(Waits waits) {
    this.waits = waits;
  }

  /**
   * Returns null when the future is done, or why the caller should compute instead. An interrupt
   * stays set.
   *
   * @throws CancellationException if the waiter's batch was cancelled meanwhile
   */
  @Nullable MissReason await(Chain waiter, Chain holder, CompletableFuture<?> end, long maxNanos) {
    if (end.isDone()) {
      return null;
    }
    if (!waits.tryWait(waiter, holder, end)) {
      return MissReason.CYCLE;
    }
    long deadline = System.nanoTime() + maxNanos;
    try {
      while (!isAbandoned(holder, end)) {
        if (awaitUntil(deadline, end)) {
          if (waiter.isCancelled()) {
            // What it waited for was cancelled just before it: it must not take over.
            throw cancellation();
          }
          return null;
        } else if (System.nanoTime() - deadline >= 0) {
          return MissReason.MAX_WAIT;
        }
      }
      return MissReason.ABANDONED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (waiter.isCancelled()) {
        throw cancellation();
      }
      return MissReason.INTERRUPTED;
    } catch (RejectedExecutionException e) {
      return MissReason.NO_SPARE_THREAD;
    } catch (ExecutionException e) {
      throw new AssertionError("flights and claims never complete exceptionally", e);
    } finally {
      waits.endWait(waiter, end);
    }
  }

  /**
   * A wait that blocks no thread.
   *
   * @param over completes when the future is done or the caller should compute instead, on any
   *     thread, and never exceptionally
   * @param end to be run once before the waiter goes on; not on a thread that must not block
   */
  record Pending(
      CompletableFuture<@Nullable MissReason> over, CompletableFuture<?> awaited, Runnable end) {}

  /** As {@link #await}, for a waiter that does not block. */
  Pending begin(Chain waiter, Chain holder, CompletableFuture<?> end, long maxNanos) {
    if (end.isDone()) {
      return new Pending(CompletableFuture.completedFuture(null), end, () -> {});
    }
    if (!waits.tryWait(waiter, holder, end)) {
      return new Pending(CompletableFuture.completedFuture(MissReason.CYCLE), end, () -> {});
    }
    CompletableFuture<@Nullable MissReason> over =
        end.<@Nullable MissReason>handle((done, failure) -> null)
            .completeOnTimeout(MissReason.MAX_WAIT, maxNanos, TimeUnit.NANOSECONDS);
    if (!holder.isForeign()) {
      lookLater(holder, end, over);
    }
    return new Pending(over, end, () -> waits.endWait(waiter, end));
  }

  /** Looks now and then whether the holder is still there, until the wait is over. */
  private static void lookLater(
      Chain holder, CompletableFuture<?> end, CompletableFuture<@Nullable MissReason> over) {
    CompletableFuture.delayedExecutor(LOOK_NANOS, TimeUnit.NANOSECONDS, Runnable::run)
        .execute(
            () -> {
              if (isAbandoned(holder, end)) {
                over.complete(MissReason.ABANDONED);
              } else if (!over.isDone()) {
                lookLater(holder, end, over);
              }
            });
  }

  /** The holder ends what others wait for before it ends itself, unless an error came between. */
  private static boolean isAbandoned(Chain holder, CompletableFuture<?> end) {
    return holder.hasEnded() && !end.isDone();
  }

  /** Waits for a while; says whether it is done. */
  private static boolean awaitUntil(long deadline, CompletableFuture<?> end)
      throws InterruptedException, ExecutionException {
    try {
      // In a fork-join worker this waits as a ManagedBlocker: the pool may start a spare thread.
      end.get(Math.min(deadline - System.nanoTime(), LOOK_NANOS), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static CancellationException cancellation() {
    return new CancellationException("the batch was cancelled while this input waited");
  }
}
