package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import dev.memo.claims.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Some calls of a batch that follow each other and found nothing: their claims are asked for
 * together, and their results are waited for together.
 *
 * <p>Other processes, and other calls of this one, may wait for a claim that is not used yet, and
 * for a result that nobody has looked after yet. So a group is {@linkplain #close closed} a few
 * milliseconds after its claims were granted, whatever its threads do at the time: claims that are
 * left are given back, and what has been computed is finished. This alone keeps a call of the group
 * that is slow, blocked, or in need of another one of the group, from keeping anybody waiting; it
 * is why nothing else here has to know what calls wait for.
 *
 * <p><b>Threads</b>: one asks, then any thread may begin a call or close the group. A claim has a
 * chain of its own, in which the call runs: who waits for it waits for no other call of the group.
 */
final class CallGroup<A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /** Is told the results of calls. */
  interface Answers<R extends @Nullable Object> {
    void answer(int index, R result);

    /** The function has run, but its result could not be finished. */
    void fail(int index, Throwable failure);
  }

  /** A call with what the primary has answered to it, until a thread takes it up. */
  private static final class Call<A extends @Nullable Object> {
    final Request<A> request;
    final Chain chain;
    final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();

    Call(Request<A> request, Chain chain) {
      this.request = request;
      this.chain = chain;
    }

    Wanted wanted(StoredFunction<A, ?, ?> function) {
      return new Wanted(request.key(), function.slot().variant(), 0, chain);
    }
  }

  private final StoredFunction<A, R, X> function;
  private final int first;
  private final long openNanos;
  private final List<Call<A>> calls = new ArrayList<>();
  private final Answers<R> answers;
  private final Runnable expired;

  /** Held by who asks for the claims. */
  private final ReentrantLock asking = new ReentrantLock();

  private final ReentrantLock finishing = new ReentrantLock();
  private final List<Runnable> unfinished = new ArrayList<>(); // guarded by finishing
  private volatile boolean closed; // written under finishing
  private volatile boolean asked;

  /**
   * @param first the index of the first call
   * @param openNanos after which the group is closed
   * @param expired is told if the group was closed before all of its calls were begun
   */
  CallGroup(
      StoredFunction<A, R, X> function,
      int first,
      long openNanos,
      Answers<R> answers,
      Runnable expired) {
    this.function = function;
    this.first = first;
    this.openNanos = openNanos;
    this.answers = answers;
    this.expired = expired;
  }

  /** Adds the next call, before the claims are asked for. */
  void add(Request<A> request, Chain chain) {
    calls.add(new Call<>(request, chain));
  }

  int size() {
    return calls.size();
  }

  /** From now on, until they were asked for, others wait for the claims. */
  void announce() {
    asking.lock();
  }

  /** Asks for the claims; comes after {@link #announce}, once. */
  void ask() {
    boolean timed = false;
    try {
      List<@Nullable Answer> told =
          function.claimAll(calls.stream().map(call -> call.wanted(function)).toList());
      for (int i = 0; i < calls.size(); i++) { // all of them first: the rest may fail
        if (!(told.get(i) instanceof Answer.Wait)) {
          calls.get(i).answer.set(told.get(i));
        }
      }
      for (int i = 0; i < calls.size(); i++) {
        if (told.get(i) instanceof Answer.Wait wait) {
          // not yet: it would seem to wait while it does not, and to hold what it was granted later
          function.abandon(calls.get(i).request, wait);
        }
      }
      CompletableFuture.delayedExecutor(openNanos, TimeUnit.NANOSECONDS, Runnable::run)
          .execute(this::expire);
      timed = true;
    } finally {
      asked = true;
      try {
        if (!timed) {
          close();
          calls.forEach(call -> call.chain.end()); // nobody has taken any up
        }
      } finally {
        asking.unlock();
      }
    }
  }

  /** On a thread that all timers share: closing may take as long as the primary is silent. */
  private void expire() {
    if (closed && isUsedUp()) {
      return;
    }
    try {
      Thread closer = new Thread(this::closeLate, "memo closes a group of calls");
      closer.setDaemon(true);
      closer.start();
    } catch (Throwable noThread) {
      closeLate();
    }
  }

  private void closeLate() {
    if (giveBack()) {
      expired.run();
    }
    finishAll();
  }

  /**
   * Answers the call, if it has its claim, at the latest when the group is closed; false if it is
   * to be called like any other.
   */
  boolean call(int index) throws X {
    function.requireStack();
    Call<A> call = calls.get(index - first);
    Answer answer;
    asking.lock(); // until the answers are there
    try {
      answer = call.answer.getAndSet(null);
    } finally {
      asking.unlock();
    }
    if (answer == null) {
      return false;
    }
    boolean unfinished = false;
    try {
      if (answer instanceof Answer.Granted granted) {
        Unfinished<R> result = function.start(call.request, granted.claim(), call.chain);
        if (result != null) {
          finishLater(() -> finish(index, result));
          unfinished = true;
        }
        return unfinished;
      } else if (answer instanceof Answer.Hit hit) {
        Found<R> found = function.found(call.request, hit.stored());
        if (found != null) {
          answers.answer(index, function.answer(call.request, found));
        }
        return found != null;
      }
      return false;
    } finally {
      if (!unfinished) {
        call.chain.end(); // what it holds in spite of an error counts as lost
      }
    }
  }

  private void finish(int index, Unfinished<R> result) {
    try {
      answers.answer(index, result.finish());
    } catch (Throwable failure) {
      answers.fail(index, failure);
    }
  }

  private void finishLater(Runnable finish) {
    finishing.lock();
    try {
      if (closed) {
        finish.run();
      } else {
        unfinished.add(finish);
      }
    } finally {
      finishing.unlock();
    }
  }

  /** Whether no claim is left. */
  boolean isUsedUp() {
    return asked && calls.stream().allMatch(call -> call.answer.get() == null);
  }

  /** Gives back the claims that are left, and waits until all that was computed is stored. */
  void close() {
    boolean unused = giveBack();
    finishAll();
  }

  /** Returns whether claims were left. */
  private boolean giveBack() {
    boolean some = false;
    for (Call<A> call : calls) {
      if (call.answer.getAndSet(null) instanceof Answer.Granted granted) {
        some = true;
        try {
          function.release(call.request, granted.claim());
        } finally {
          call.chain.end();
        }
      }
    }
    return some;
  }

  private void finishAll() {
    finishing.lock();
    try {
      closed = true;
      unfinished.forEach(Runnable::run);
      unfinished.clear();
    } finally {
      finishing.unlock();
    }
  }
}
