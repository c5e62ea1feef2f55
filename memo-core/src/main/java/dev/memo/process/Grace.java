package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

  private final List<Deferred> deferred = new ArrayList<>(); // guarded by this
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

  /** Whether the time is up, and it was not before: then {@link #end} is to be called. */
  boolean expire() {
    return !over && expired.compareAndSet(false, true);
  }

  /** Asks again whatever was deferred. */
  void end() {
    List<Deferred> ready;
    synchronized (this) {
      over = true;
      ready = List.copyOf(deferred);
      deferred.clear();
    }
    for (Deferred d : ready) {
      Answer answer;
      try {
        answer = d.ask.get();
      } catch (Throwable e) { // whatever it is, nobody must wait for ever
        answer = new Answer.NoPrimary();
      }
      d.next.complete(answer);
    }
  }
}
