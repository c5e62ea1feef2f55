package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.claims.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one batch. First all are looked up, many at once; then those that found nothing are
 * called, with the arguments that were encoded before. Of equal calls one is computed.
 *
 * <p>A look-up is an optimisation that only ever answers with a hit: whatever else happens in it is
 * left to the call, which meets it again and reports it as any call does.
 *
 * <p><b>Threads</b>: each index is for one thread at a time. All look-ups {@linkplain #lookedUp
 * end} before the first call, in the order of memory too; likewise all calls before the results are
 * taken.
 */
public final class BulkCalls<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /** How many calls are best looked up at once. */
  public static final int CHUNK = 256;

  private final RoutedFunction<A, R, X> function;
  private final A[] arguments;
  private final BatchCounts counts;
  private final @Nullable Object[] results;
  private final boolean[] answered;
  private final LongAdder foundBytes = new LongAdder();
  private final List<@Nullable Pending<?, R, X>> pending;
  private final ConcurrentMap<SameCall, Pending<?, R, X>> distinct = new ConcurrentHashMap<>();

  /** Calls of one stored function are the same if their keys are. */
  record SameCall(Object function, ExactKey key) {}

  /** A call that was encoded, and not found. */
  private static final class Pending<
      B extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
    final StoredFunction<B, R, X> function;
    final Request<B> request;
    @Nullable Twins twins; // guarded by this until all are looked up
    @Nullable ParkedCall<B, R> parked; // of the thread that calls

    Pending(StoredFunction<B, R, X> function, Request<B> request) {
      this.function = function;
      this.request = request;
    }

    synchronized Twins twins() {
      Twins known = twins;
      if (known == null) {
        known = new Twins();
        twins = known;
      }
      return known;
    }

    synchronized void share(Twins equal) {
      twins = equal;
    }

    R call() throws X {
      return function.callEncoded(request, twins);
    }

    Attempt<B, R> attempt() throws X {
      ParkedCall<B, R> before = parked;
      parked = null;
      Attempt<B, R> attempt = function.attempt(request, twins, before);
      if (attempt instanceof Attempt.Waits<B, R> waits) {
        parked = waits.call();
      }
      return attempt;
    }
  }

  /** What look-ups tell. */
  private final class Answers implements BulkLookUp.Results<R, X> {
    @Override
    public void shared(int index, StoredFunction<?, R, X> target, HeapTier.Value value) {
      foundBytes.add(value.encodedBytes());
      counts.hit(value.durationNanos());
      answer(index, target.hit(value));
    }

    @Override
    public <B extends @Nullable Object> void stored(
        int index, StoredFunction<B, R, X> target, Request<B> request, Stored stored) {
      Found<R> found = target.found(request, stored);
      if (found == null) {
        rest(index, target, request);
      } else {
        foundBytes.add(found.entry().size());
        counts.hit(found.entry().durationNanos());
        answer(index, target.answer(request, found));
      }
    }

    @Override
    public <B extends @Nullable Object> void rest(
        int index, StoredFunction<B, R, X> target, Request<B> request) {
      Pending<B, R, X> mine = new Pending<>(target, request.counted(counts));
      pending.set(index, mine);
      Pending<?, R, X> equal = distinct.putIfAbsent(new SameCall(target, request.exact()), mine);
      if (equal != null) {
        mine.share(equal.twins());
      }
    }

    @Override
    public void failed(Throwable why) {} // the call meets it again
  }

  /**
   * Calls whose counts nobody wants to know.
   *
   * @param arguments not copied; nobody else changes the array
   */
  public BulkCalls(RoutedFunction<A, R, X> function, A[] arguments) {
    this(function, arguments, new BatchCounts());
  }

  /**
   * @param arguments not copied; nobody else changes the array
   * @param counts of the batch, which may have calls elsewhere
   */
  public BulkCalls(RoutedFunction<A, R, X> function, A[] arguments, BatchCounts counts) {
    this.function = function;
    this.arguments = arguments;
    this.counts = counts;
    this.results = new Object[arguments.length];
    this.answered = new boolean[arguments.length];
    this.pending = new ArrayList<>(Collections.nCopies(arguments.length, null));
  }

  /** Looks up some calls that follow each other. Never throws. */
  public void lookUp(int from, int to) {
    BulkLookUp<R, X> lookUp = new BulkLookUp<>(new Answers());
    for (int i = from; i < to; i++) {
      lookUp.add(i, function, arguments[i]);
    }
    lookUp.run();
  }

  private void answer(int index, R result) {
    results[index] = result;
    answered[index] = true;
  }

  /** All have been looked up. Returns whether that has answered all. */
  public boolean lookedUp() {
    distinct.clear();
    for (boolean each : answered) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  /** How much the results take, when encoded, that look-ups have found. */
  public long foundBytes() {
    return foundBytes.sum();
  }

  /** Whether a call has its answer; in particular whether its look-up has found it. */
  public boolean isAnswered(int index) {
    return answered[index];
  }

  /** Calls the function, as any caller would, unless that has been answered; returns the answer. */
  public R call(int index) throws X {
    if (!answered[index]) {
      Pending<?, R, X> encoded = pending.get(index);
      answer(index, encoded == null ? callElsewhere(index) : encoded.call());
      pending.set(index, null);
    }
    return result(index);
  }

  /**
   * As {@link #call}, but blocks for no computation of others, where that can be: instead, what the
   * call waits for is returned, and when that is over and was ended the call is to be tried again.
   * Null if it is answered.
   *
   * <p>The thread has to be in a chain of the call's own, which the caller of the batch waits for.
   */
  public @Nullable Parked tryCall(int index) throws X {
    if (answered[index]) {
      return null;
    }
    Pending<?, R, X> encoded = pending.get(index);
    if (encoded == null) {
      answer(index, callElsewhere(index));
      return null;
    }
    Attempt<?, R> attempt = encoded.attempt();
    if (attempt instanceof Attempt.Waits<?, R> waits) {
      return waits.call();
    }
    answer(index, ((Attempt.Answered<?, R>) attempt).value());
    pending.set(index, null);
    return null;
  }

  /** Calls what could not be encoded for a function that answers. */
  private R callElsewhere(int index) throws X {
    R result = function.call(arguments[index]);
    counts.unknown();
    return result;
  }

  /** Returns the answer of a call that has one, and forgets it and the argument. */
  @SuppressWarnings("NullAway") // neither is looked at again
  public R take(int index) {
    R result = result(index);
    results[index] = null;
    arguments[index] = null;
    return result;
  }

  // Only answers are put there.
  @SuppressWarnings({"unchecked", "NullAway"})
  private R result(int index) {
    return (R) results[index];
  }

  /** The results, in the order of the arguments. The array is the caller's. */
  public @Nullable Object[] results() {
    return results;
  }
}
