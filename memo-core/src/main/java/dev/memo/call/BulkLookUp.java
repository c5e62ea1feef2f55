package dev.memo.call;

import dev.memo.call.RoutedFunction.Route;
import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks up calls of one batch together: each is encoded once, and equal ones are read once. For one
 * thread.
 */
final class BulkLookUp<R extends @Nullable Object, X extends Exception> {
  private final Results<R, X> results;
  private final Map<Object, OfFunction<?>> byFunction = new HashMap<>(2);
  private @Nullable OfFunction<?> latest; // mostly there is no other

  /** Takes what was found. */
  interface Results<R extends @Nullable Object, X extends Exception> {

    /** In memory. */
    void shared(int index, StoredFunction<?, R, X> function, HeapTier.Value value);

    /** In the database; it is not checked in any way. */
    <A extends @Nullable Object> void stored(
        int index, StoredFunction<A, R, X> function, Request<A> request, Stored stored);

    /** All others that were encoded, after those above. */
    <A extends @Nullable Object> void rest(
        int index, StoredFunction<A, R, X> function, Request<A> request);

    /** Some calls could not be encoded or read, whatever it is; others may have been. */
    void failed(Throwable why);
  }

  BulkLookUp(Results<R, X> results) {
    this.results = results;
  }

  /** Encodes a call, and looks for it in memory. */
  <A extends @Nullable Object> void add(int index, RoutedFunction<A, R, X> function, A argument) {
    try {
      Route<?, R, X> route = function.route(argument);
      if (route != null) {
        add(index, route);
      }
    } catch (Throwable e) {
      results.failed(e);
    }
  }

  /**
   * As {@link #add}, of any function; if it returns futures, what they complete with is looked for.
   */
  @SuppressWarnings("unchecked") // for results that do not look at values
  <A extends @Nullable Object> void addKept(
      int index, CachedFunction<A, ?, ?> function, A argument) {
    try {
      Route<?, ?, ?> route = RoutedFunction.keeper(function, argument);
      if (route != null) {
        add(index, (Route<?, R, X>) route);
      }
    } catch (Throwable e) {
      results.failed(e);
    }
  }

  @SuppressWarnings("unchecked") // a function is put with what is its own
  private <B extends @Nullable Object> void add(int index, Route<B, R, X> route) {
    StoredFunction<B, R, X> function = route.function();
    FunctionHeap<B, R> heap = function.parts().heap;
    HeapTier.Value shared = heap.get(route.argument());
    if (shared != null) {
      results.shared(index, function, shared);
      return;
    }
    Request<B> request = function.request(route.argument());
    shared = heap.getEncoded(request.exact());
    if (shared != null) {
      results.shared(index, function, shared);
      return;
    }
    OfFunction<?> same = latest;
    if (same == null || same.function != function) {
      same = byFunction.computeIfAbsent(function, unused -> new OfFunction<>(function));
      latest = same;
    }
    ((OfFunction<B>) same).add(new Asked<>(index, request));
  }

  /** Reads all that were added. */
  void run() {
    byFunction.values().forEach(OfFunction::run);
  }

  /** A call, and those equal to it. */
  private static final class Asked<B extends @Nullable Object> {
    final int index;
    final Request<B> request;
    @Nullable Asked<B> next;
    boolean isFound;

    Asked(int index, Request<B> request) {
      this.index = index;
      this.request = request;
    }
  }

  /** Calls of one stored function. */
  private final class OfFunction<B extends @Nullable Object> {
    private final StoredFunction<B, R, X> function;
    private final List<Asked<B>> calls = new ArrayList<>(BulkCalls.CHUNK);
    private final List<CallKey> keys = new ArrayList<>(BulkCalls.CHUNK);

    /**
     * Those of {@link #calls}, each in the first free slot from where its key belongs: hot path, in
     * which a map would make as many objects again as a look-up needs.
     */
    private @Nullable Asked<?>[] slots = new Asked<?>[2 * BulkCalls.CHUNK];

    OfFunction(StoredFunction<B, R, X> function) {
      this.function = function;
    }

    void add(Asked<B> call) {
      int slot = slot(call);
      @SuppressWarnings("unchecked") // only those of this function are put there
      Asked<B> equal = (Asked<B>) slots[slot];
      if (equal != null) {
        call.next = equal.next;
        equal.next = call;
        return;
      }
      slots[slot] = call;
      calls.add(call);
      keys.add(call.request.key());
      if (calls.size() > slots.length / 2) {
        slots = new Asked<?>[2 * slots.length];
        calls.forEach(each -> slots[slot(each)] = each);
      }
    }

    /** Where an equal call is, or there is place for it. */
    private int slot(Asked<?> call) {
      ExactKey key = call.request.exact();
      int slot = key.hashCode() & (slots.length - 1);
      Asked<?> other = slots[slot];
      while (other != null && !key.equals(other.request.exact())) {
        slot = (slot + 1) & (slots.length - 1);
        other = slots[slot];
      }
      return slot;
    }

    void run() {
      int done = 0;
      try {
        while (done < keys.size()) {
          List<CallKey> rest = done == 0 ? keys : keys.subList(done, keys.size());
          for (Stored stored : function.readAll(rest)) {
            take(calls.get(done++), stored);
          }
        }
      } catch (Throwable e) {
        results.failed(e);
      }
      calls.forEach(this::leave);
    }

    private void take(Asked<B> first, @Nullable Stored stored) {
      for (Asked<B> call = first; call != null && stored != null; call = call.next) {
        results.stored(call.index, function, call.request, stored);
        call.isFound = true;
      }
    }

    private void leave(Asked<B> first) {
      for (Asked<B> call = first; call != null; call = call.next) {
        if (!call.isFound) {
          results.rest(call.index, function, call.request);
        }
      }
    }
  }
}
