package dev.memo.call;

import dev.memo.claims.Chain;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts those calls of a batch together in {@linkplain CallGroup groups} that found nothing, while
 * they are quick and each answer of the primary takes its time.
 *
 * <p>A claim that is held ahead is in the way of other processes. So a group has only as many calls
 * as can be expected to take a millisecond: one, to begin with, and at most twice as many as the
 * one before. Thread-safe.
 */
final class CallGroups<R extends @Nullable Object, X extends Exception> {
  /**
   * What bounds groups.
   *
   * @param most how many calls a group may have
   * @param openNanos how long a claim is held that is not used
   * @param clock in nanoseconds
   */
  record Limits(int most, long openNanos, LongSupplier clock) {
    /** Two answers for so many calls cost next to nothing. */
    static final Limits DEFAULT =
        new Limits(64, TimeUnit.MILLISECONDS.toNanos(5), System::nanoTime);
  }

  private static final long GROUP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** So many groups in a row that do not expire double the most calls of one. */
  private static final int GROWS_AFTER = 8;

  /** As many calls as count for the expectation. */
  private static final int REMEMBERED = 32;

  /** The place of a call that was begun without a group. */
  private static final Object ALONE = new Object();

  private final Limits limits;
  private final CallGroup.Answers<R> answers;
  private final @Nullable Chain caller = Chain.current();
  private final Set<CallGroup<?, R, X>> open = ConcurrentHashMap.newKeySet();

  /** Of each call its group, or {@link #ALONE}; null until one of both is decided, under this. */
  private final AtomicReferenceArray<@Nullable Object> places;

  private int most; // guarded by this
  private int begunSince; // guarded by this; groups, since one has expired
  private int last = 1; // guarded by this
  private int measured; // guarded by this
  private double meanNanos; // guarded by this

  /** Knows the calls of the batch. */
  @FunctionalInterface
  interface Source<R extends @Nullable Object, X extends Exception> {
    /** Null if the call cannot be in a group. */
    @Nullable Groupable<?, R, X> at(int index);
  }

  /** Calls what is in no group. */
  @FunctionalInterface
  interface Alone<X extends Exception> {
    @Nullable Parked call(int index) throws X;
  }

  /** A call that found nothing, and is the only one of its kind in the batch. */
  record Groupable<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>(
      StoredFunction<A, R, X> function, Request<A> request) {

    /** The same, if it is of that function. */
    @SuppressWarnings("unchecked")
    private <B extends @Nullable Object> @Nullable Request<B> requestOf(
        StoredFunction<B, R, X> other) {
      return (Object) other == function ? (Request<B>) request : null;
    }
  }

  /**
   * @param size how many calls the batch has
   */
  CallGroups(int size, Limits limits, CallGroup.Answers<R> answers) {
    this.places = new AtomicReferenceArray<>(size);
    this.limits = limits;
    this.most = limits.most;
    this.answers = answers;
  }

  /**
   * Answers the call, at the latest when the groups are {@linkplain #close closed}.
   *
   * @param alone calls it like any other
   * @return what it waits for before it is to be called again; null if it does not
   */
  @Nullable Parked call(int index, Source<R, X> calls, Alone<X> alone) throws X {
    long begin = limits.clock.getAsLong();
    Parked parked = call(index, calls) ? null : alone.call(index);
    if (parked == null) {
      took(limits.clock.getAsLong() - begin);
    }
    return parked;
  }

  private boolean call(int index, Source<R, X> calls) throws X {
    Groupable<?, R, X> asked = calls.at(index);
    if (asked == null || !asked.function.isBestInGroups()) {
      return false;
    }
    CallGroup<?, R, X> group = groupOf(index, asked, calls);
    if (group == null) {
      return false;
    }
    try {
      return group.call(index);
    } finally {
      places.set(index, ALONE); // it is called once; whoever is the last lets go of the group
    }
  }

  private synchronized void took(long nanos) {
    measured = Math.min(measured + 1, REMEMBERED);
    meanNanos += (nanos - meanNanos) / measured;
  }

  @SuppressWarnings("unchecked") // only groups of this batch are put there
  private @Nullable CallGroup<?, R, X> groupOf(
      int index, Groupable<?, R, X> asked, Source<R, X> calls) {
    CallGroup<?, R, X> begun;
    synchronized (this) {
      Object place = places.get(index);
      if (place == null) {
        begun = begin(index, asked, calls);
      } else {
        return place == ALONE ? null : (CallGroup<?, R, X>) place;
      }
    }
    if (begun != null) {
      try {
        closeUsedUp();
        open.add(begun);
      } finally {
        begun.ask(); // in any case: others wait for it
      }
    }
    return begun;
  }

  /** Null if the call is to be alone. Under this lock. */
  private <A extends @Nullable Object> @Nullable CallGroup<A, R, X> begin(
      int index, Groupable<A, R, X> asked, Source<R, X> calls) {
    growAgain();
    int size =
        (int) Math.min(Math.min(most, 2 * last), measured == 0 ? 1 : GROUP_NANOS / meanNanos);
    last = Math.max(size, 1);
    Chain worker = Chain.current();
    CallGroup<A, R, X> group =
        new CallGroup<>(asked.function, index, limits.openNanos, answers, this::expired);
    for (int i = index; i < places.length() && group.size() < size; i++) {
      Groupable<?, R, X> next = places.get(i) == null ? calls.at(i) : null;
      Request<A> request = next == null ? null : next.requestOf(asked.function);
      if (request == null) {
        break;
      }
      // of the batch, like its workers: an interrupted wait ends as one of a worker would
      Chain chain = Chain.child(caller, () -> worker != null && worker.isCancelled());
      group.add(asked.function.again(request), chain);
    }
    if (group.size() < 2) {
      places.set(index, ALONE);
      return null;
    }
    for (int i = index; i < index + group.size(); i++) {
      places.set(i, group);
    }
    group.announce();
    return group;
  }

  /** Claims were not used in time: something was slow, or waited for one of them. */
  private synchronized void expired() {
    most = Math.max(most / 2, 1);
    begunSince = 0;
  }

  /** What was slow once, as a pause of the JVM is, must not count for ever. Under this lock. */
  private void growAgain() {
    begunSince++;
    if (begunSince >= GROWS_AFTER) {
      most = Math.min(2 * most, limits.most);
      begunSince = 0;
    }
  }

  private void closeUsedUp() {
    for (CallGroup<?, R, X> group : List.copyOf(open)) {
      if (group.isUsedUp() && open.remove(group)) {
        group.close();
      }
    }
  }

  /** Ends all groups, and waits until what was computed in them is stored. */
  void close() {
    for (CallGroup<?, R, X> group : List.copyOf(open)) {
      if (open.remove(group)) {
        group.close();
      }
    }
  }
}
