package dev.memo.call;

import dev.memo.claims.Chain;
import dev.memo.claims.WaitGraph;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for another chain's computation, as long as that makes sense. */
final class Waiting {
  private final WaitGraph graph;

  Waiting(WaitGraph graph) {
    this.graph = graph;
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
    if (!graph.tryWait(waiter, holder, end)) {
      return MissReason.CYCLE;
    }
    try {
      // In a fork-join worker this waits as a ManagedBlocker: the pool may start a spare thread.
      end.get(maxNanos, TimeUnit.NANOSECONDS);
      if (waiter.isCancelled()) {
        // What it waited for was cancelled just before it: it must not take over.
        throw cancellation();
      }
      return null;
    } catch (TimeoutException e) {
      return MissReason.MAX_WAIT;
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
      graph.endWait(waiter, end);
    }
  }

  private static CancellationException cancellation() {
    return new CancellationException("the batch was cancelled while this input waited");
  }
}
