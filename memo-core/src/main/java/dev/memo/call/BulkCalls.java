package dev.memo.call;

import dev.memo.call.Attempt.Answered;
import dev.memo.call.Attempt.Waits;
import dev.memo.call.Reading.Found;
import dev.memo.call.RoutedFunction.Route;
import dev.memo.claims.Stored;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one batch. First all are looked up, many at once; then those that found nothing are
 * called. Of equal calls one is computed, unless it fails or its result has no form that can be
 * stored; behind a computation elsewhere that takes too long, one for each thread.
 *
 * <p>A look-up is an optimisation that only ever answers with a hit: whatever else happens in it is
 * left to the call, which meets it again and reports it as any call does. Hours may lie between
 * them, and other calls, which may have changed the arguments or closed the directory: so the call
 * finds its directory and encodes its arguments anew, and all that it has of the look-up is that it
 * need not look again.
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

  /** The state of a call whose result was not stored when it was looked up. */
  private static final byte ABSENT = 1;

  private static final byte ANSWERED = 2;

  private final RoutedFunction<A, R, X> function;
  private final A[] arguments;
  private final BatchCounts counts;
  private final @Nullable Object[] results;
  private final byte[] states; // of the calls; 0: nobody knows yet
  private final LongAdder foundBytes = new LongAdder();
  private final Duplicates duplicates;
  private final ConcurrentMap<Integer, ParkedCall<?, R>> parked = new ConcurrentHashMap<>();
  private final CallGroups<R, X> groups;

  /** What was thrown when results of groups were to be finished. */
  private final Map<Integer, Throwable> unfinished = new ConcurrentHashMap<>();

  private volatile boolean grouping; // whether some calls are best put together

  /** What groups tell. */
  private final class GroupAnswers implements CallGroup.Answers<R> {
    @Override
    public void answer(int index, R result) {
      BulkCalls.this.answer(index, result);
    }

    @Override
    public void fail(int index, Throwable failure) {
      unfinished.put(index, failure);
    }
  }

  /** What look-ups tell. */
  private final class Answers implements BulkLookUp.Results<R, X> {
    private boolean incomplete;

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
        duplicates.add(index, request.exact());
      } else {
        foundBytes.add(found.entry().size());
        counts.hit(found.entry().durationNanos());
        answer(index, target.answer(request, found));
      }
    }

    @Override
    public <B extends @Nullable Object> void rest(
        int index, StoredFunction<B, R, X> target, Request<B> request) {
      states[index] = incomplete ? 0 : ABSENT;
      if (!grouping && target.isBestInGroups()) {
        grouping = true;
      }
      duplicates.add(index, request.exact());
    }

    @Override
    public void failed(Throwable why) {
      incomplete = true; // the call meets it again
    }
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
    this(function, arguments, counts, CallGroups.Limits.DEFAULT);
  }

  /** As above; tests choose which calls are put together. */
  BulkCalls(
      RoutedFunction<A, R, X> function,
      A[] arguments,
      BatchCounts counts,
      CallGroups.Limits limits) {
    this.function = function;
    this.groups = new CallGroups<>(arguments.length, limits, new GroupAnswers());
    this.arguments = arguments;
    this.counts = counts;
    this.results = new Object[arguments.length];
    this.states = new byte[arguments.length];
    this.duplicates = new Duplicates(arguments.length);
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
    states[index] = ANSWERED;
  }

  /** All have been looked up. Returns whether that has answered all. */
  public boolean lookedUp() {
    for (byte each : states) {
      if (each != ANSWERED) {
        duplicates.complete();
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
    return states[index] == ANSWERED;
  }

  /** Calls the function, as any caller would, unless that has been answered; returns the answer. */
  public R call(int index) throws X {
    if (!isAnswered(index)) {
      Route<?, R, X> route = function.route(arguments[index]);
      answer(index, route == null ? callElsewhere(index) : call(index, route));
    }
    return result(index);
  }

  private <B extends @Nullable Object> R call(int index, Route<B, R, X> route) throws X {
    StoredFunction<B, R, X> target = route.function();
    Request<B> request = target.request(route.argument()).counted(counts);
    Twins equal = duplicates.of(target, request.exact());
    if (equal == null) {
      return target.call(request, states[index] == ABSENT);
    }
    try {
      return target.call(request.with(equal), false); // another one of them may have stored it
    } finally {
      duplicates.tried(target, request.exact(), equal);
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
    if (isAnswered(index)) {
      return null;
    }
    ParkedCall<?, R> before = parked.remove(index);
    Route<?, R, X> route;
    try {
      route = function.route(arguments[index]);
    } catch (Throwable e) {
      if (before != null) {
        before.giveUp();
      }
      throw e;
    }
    if (route == null) {
      if (before != null) {
        before.giveUp();
      }
      answer(index, callElsewhere(index));
      return null;
    }
    Attempt<?, R> attempt = attempt(index, route, before);
    if (attempt instanceof Waits<?, R> waits) {
      parked.put(index, waits.call());
      return waits.call();
    }
    answer(index, ((Answered<?, R>) attempt).value());
    return null;
  }

  private <B extends @Nullable Object> Attempt<B, R> attempt(
      int index, Route<B, R, X> route, @Nullable ParkedCall<?, R> before) throws X {
    StoredFunction<B, R, X> target = route.function();
    if (before != null) {
      if (before.isOf(target.parts())) {
        @SuppressWarnings("unchecked") // it is of this function
        ParkedCall<B, R> mine = (ParkedCall<B, R>) before;
        return target.goOn(mine);
      }
      before.giveUp(); // that directory was closed, or its name stands for another one now
    }
    Request<B> request = target.request(route.argument()).counted(counts);
    Twins equal = duplicates.of(target, request.exact());
    if (equal == null) {
      return target.attempt(request, states[index] == ABSENT);
    }
    try {
      return target.attempt(request.with(equal), false);
    } finally {
      duplicates.tried(target, request.exact(), equal);
    }
  }

  /**
   * As {@link #tryCall}, but null also if the call will be answered when all are {@linkplain
   * #finish finished}: quick calls that follow each other share their ways to the primary. Of one
   * batch all calls are started, or none.
   */
  public @Nullable Parked start(int index) throws X {
    return grouping && !isAnswered(index)
        ? groups.call(index, this::groupable, this::tryCall)
        : tryCall(index);
  }

  /** Null also if something is wrong with it, which the call meets again. */
  private CallGroups.@Nullable Groupable<?, R, X> groupable(int index) {
    if (states[index] != ABSENT) {
      return null;
    }
    try {
      Route<?, R, X> route = function.route(arguments[index]);
      return route == null ? null : groupable(route);
    } catch (RuntimeException e) {
      return null;
    }
  }

  private <B extends @Nullable Object> CallGroups.@Nullable Groupable<B, R, X> groupable(
      Route<B, R, X> route) {
    StoredFunction<B, R, X> target = route.function();
    if (!target.isBestInGroups()) {
      return null;
    }
    Request<B> request = target.request(route.argument()).counted(counts);
    boolean single = duplicates.of(target, request.exact()) == null;
    return single ? new CallGroups.Groupable<>(target, request) : null;
  }

  /** All calls were started. Waits until their results are stored. */
  public void finish() throws X {
    groups.close();
    for (int index = 0; index < states.length; index++) {
      Throwable failure = unfinished.get(index);
      if (failure != null) {
        BulkCalls.<X>rethrow(failure); // its computation has been paid for: not again
      }
      R unused = call(index); // it is answered, unless a computation of a group was lost
    }
  }

  /** An error, or an unchecked exception: the function itself has returned. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void rethrow(Throwable thrown) throws T {
    throw (T) thrown;
  }

  /**
   * No further call will be started. What was begun is finished, and claims that are left are given
   * back. May be called again.
   */
  @Override
  public void close() {
    groups.close();
  }

  /** Calls what has no function that answers. */
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
