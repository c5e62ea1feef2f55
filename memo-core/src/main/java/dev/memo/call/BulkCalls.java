package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.claims.Stored;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements AutoCloseable {
  /** How many calls are best looked up at once. */
  public static final int CHUNK = 256;

  private final RoutedFunction<A, R, X> function;
  private final A[] arguments;
  private final @Nullable Object[] results;
  private final boolean[] answered;
  private final List<@Nullable Pending<?, R, X>> pending;
  private final ConcurrentMap<SameCall, Pending<?, R, X>> distinct = new ConcurrentHashMap<>();
  private final CallGroups<R, X> groups;

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

    CallGroups.@Nullable Groupable<B, R, X> groupable() {
      return twins == null ? new CallGroups.Groupable<>(function, request) : null;
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
      answer(index, target.hit(value));
    }

    @Override
    public <B extends @Nullable Object> void stored(
        int index, StoredFunction<B, R, X> target, Request<B> request, Stored stored) {
      Found<R> found = target.found(request, stored);
      if (found == null) {
        rest(index, target, request);
      } else {
        answer(index, target.answer(request, found));
      }
    }

    @Override
    public <B extends @Nullable Object> void rest(
        int index, StoredFunction<B, R, X> target, Request<B> request) {
      Pending<B, R, X> mine = new Pending<>(target, request);
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
   * @param arguments not copied; nobody changes the array
   */
  public BulkCalls(RoutedFunction<A, R, X> function, A[] arguments) {
    this(function, arguments, CallGroups.Limits.DEFAULT);
  }

  /** As above; tests choose which calls are put together. */
  BulkCalls(RoutedFunction<A, R, X> function, A[] arguments, CallGroups.Limits limits) {
    this.function = function;
    this.groups = new CallGroups<>(arguments.length, limits, this::answer);
    this.arguments = arguments;
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
    pending.set(index, null);
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

  /** Whether a call has its answer; in particular whether its look-up has found it. */
  public boolean isAnswered(int index) {
    return answered[index];
  }

  /** Calls the function, as any caller would, unless that has been answered. */
  public void call(int index) throws X {
    if (!answered[index]) {
      Pending<?, R, X> encoded = pending.get(index);
      answer(index, encoded == null ? function.call(arguments[index]) : encoded.call());
    }
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
      answer(index, function.call(arguments[index]));
      return null;
    }
    Attempt<?, R> attempt = encoded.attempt();
    if (attempt instanceof Attempt.Waits<?, R> waits) {
      return waits.call();
    }
    answer(index, ((Attempt.Answered<?, R>) attempt).value());
    return null;
  }

  /**
   * As {@link #tryCall}, but null also if the call will be answered when all are {@linkplain
   * #finish finished}: quick calls that follow each other share their ways to the primary. Of one
   * batch all calls are started, or none.
   */
  public @Nullable Parked start(int index) throws X {
    return pending.get(index) == null
        ? tryCall(index)
        : groups.call(index, this::groupable, this::tryCall);
  }

  private CallGroups.@Nullable Groupable<?, R, X> groupable(int index) {
    Pending<?, R, X> encoded = pending.get(index);
    return encoded == null ? null : encoded.groupable();
  }

  /** All calls were started. Waits until their results are stored. */
  public void finish() throws X {
    groups.close();
    for (int index = 0; index < answered.length; index++) {
      call(index); // unless it has its answer: then its result could not be finished
    }
  }

  /**
   * No further call will be started. What was begun is finished, and claims that are left are given
   * back. May be called again.
   */
  @Override
  public void close() {
    groups.close();
  }

  /** The results, in the order of the arguments. The array is the caller's. */
  public @Nullable Object[] results() {
    return results;
  }
}
