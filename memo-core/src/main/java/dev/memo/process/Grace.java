package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The moment after a takeover in which no claim is granted, because a process that has not
 * re-announced itself yet may be computing the call. Who asks meanwhile waits. Thread-safe.
 */
final class Grace {
  private record Deferred(CompletableFuture<Answer> next, Supplier<Answer> ask) {}

  /** Nobody computes, it stands for those of whom nothing is known yet. */
  private static final Chain UNKNOWN = Chain.foreign(new Object(), new long[] {0});

  private static final Answer NOBODY = new Answer.NoPrimary();

  private List<Deferred> deferred = new ArrayList<>(); // guarded by this
  private final AtomicBoolean expired = new AtomicBoolean();
  private volatile boolean over; // written under this

  /** A grace that is over. */
  static Grace none() {
    Grace grace = new Grace();
    grace.end();
    return grace;
  }

  /** A wait until the question may be asked again; null if it may be now. */
  Answer.@Nullable Wait defer(Supplier<Answer> ask) {
    if (over) {
      return null;
    }
    synchronized (this) {
      if (over) {
        return null;
      }
      CompletableFuture<Answer> next = new CompletableFuture<>();
      deferred.add(new Deferred(next, ask));
      return new Answer.Wait(next, UNKNOWN);
    }
  }

  /** How many wait. */
  synchronized int deferred() {
    return deferred.size();
  }

  /**
   * The time is up: has {@link #end} called by this executor, unless that was done before. If it
   * takes nothing now, because there is no thread for instance, this is to be called again.
   */
  void expire(Executor executor) {
    if (!over && expired.compareAndSet(false, true)) {
      boolean isTaken = false;
      try {
        executor.execute(this::end);
        isTaken = true;
      } finally {
        if (!isTaken) {
          expired.set(false);
        }
      }
    }
  }

  /** Asks again whatever was deferred. What it needs is there: memory may not be. */
  void end() {
    List<Deferred> ready;
    synchronized (this) {
      over = true;
      ready = deferred;
      deferred = List.of(); // from now on nothing is
    }
    for (int i = 0; i < ready.size(); i++) {
      answer(ready.get(i));
    }
  }

  private static void answer(Deferred d) {
    try {
      d.next.complete(d.ask.get());
    } catch (Throwable e) { // whatever it is, nobody must wait for ever
      answerNobody(d);
    }
  }

  private static void answerNobody(Deferred d) {
    try {
      d.next.complete(NOBODY);
    } catch (Throwable e) {
      // of who is answered: the others still are to be
    }
  }
}
