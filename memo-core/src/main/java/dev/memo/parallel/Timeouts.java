package dev.memo.parallel;

import dev.memo.claims.Chain;
import dev.memo.failure.InputTimedOutException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Bounds the time of each call of one batch. Thread-safe. */
final class Timeouts implements AutoCloseable {
  private final Duration timeout;
  private final long nanos;
  private final ScheduledThreadPoolExecutor timer;

  Timeouts(Duration timeout) {
    this.timeout = timeout;
    this.nanos = TimeUnit.NANOSECONDS.convert(timeout); // or the longest there is
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            run -> {
              Thread thread = new Thread(run, "memo-parallel-timeouts");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true); // of a batch that is neither finished nor closed
  }

  /**
   * Makes the attempt, and interrupts the call when its time is over. What it returns all the same
   * counts: it has been paid.
   *
   * @throws InputTimedOutException if its time was over when it threw
   */
  @SuppressWarnings("try") // the scope is for its end only
  <R extends @Nullable Object, X extends Exception> R call(
      InputCalls.Attempt<R, X> attempt, int index) throws X {
    Deadline deadline = new Deadline();
    Future<?> timing = timer.schedule(deadline, nanos, TimeUnit.NANOSECONDS);
    // Who waits for another's computation then gives up instead of computing.
    try (Chain.Scope scope = Chain.child(Chain.current(), deadline::isLate).enter()) {
      return attempt.run();
    } catch (Throwable thrown) {
      deadline.end();
      if (deadline.isLate() && !(thrown instanceof VirtualMachineError)) {
        throw new InputTimedOutException(index, timeout, thrown);
      }
      throw thrown;
    } finally {
      deadline.end();
      timing.cancel(false);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
