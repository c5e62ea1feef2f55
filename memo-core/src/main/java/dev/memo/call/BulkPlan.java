package dev.memo.call;

import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a batch would find now. Nothing is computed, stored or counted, and no value is
 * decoded beyond what it takes to know whether its kind can be.
 *
 * <p>Results that are stored under an alias only are not looked for: they count as misses, though a
 * call would find them.
 *
 * <p><b>Threads</b>: each index is for one thread at a time. All look-ups end before the first
 * question, in the order of memory too.
 */
public final class BulkPlan<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {

  /** What a call would find. */
  public enum Expected {
    /** Its result. */
    HIT,
    /** Nothing: it would compute. */
    MISS,
    /** Nothing, but another call of the batch is equal, and a {@link #MISS}. */
    DUPLICATE,
    /** Nobody can say: its argument cannot be encoded, or it is not looked up in bulk. */
    UNKNOWN
  }

  private final RoutedFunction<A, R, X> function;
  private final A[] arguments;
  private final Expected[] expected;
  private final long[] durationNanos;
  private final Set<Duplicates.SameCall> misses = ConcurrentHashMap.newKeySet();

  /**
   * @param arguments not copied; nobody changes the array
   */
  public BulkPlan(RoutedFunction<A, R, X> function, A[] arguments) {
    this.function = function;
    this.arguments = arguments;
    this.expected = new Expected[arguments.length];
    this.durationNanos = new long[arguments.length];
  }

  private final class Findings implements BulkLookUp.Results<R, X> {
    @Override
    public void shared(int index, StoredFunction<?, R, X> target, HeapTier.Value value) {
      hit(index, value.durationNanos());
    }

    @Override
    public <B extends @Nullable Object> void stored(
        int index, StoredFunction<B, R, X> target, Request<B> request, Stored stored) {
      long nanos = target.parts().reader.durationNanos(request, stored);
      if (nanos < 0) {
        rest(index, target, request);
      } else {
        hit(index, nanos);
      }
    }

    @Override
    public <B extends @Nullable Object> void rest(
        int index, StoredFunction<B, R, X> target, Request<B> request) {
      boolean first = misses.add(new Duplicates.SameCall(target, request.exact()));
      expected[index] = first ? Expected.MISS : Expected.DUPLICATE;
    }

    @Override
    public void failed(Throwable why) {
      if (why instanceof DirectoryException || why instanceof DirectoryClosedException) {
        throw (RuntimeException) why; // nothing of what is stored can be known
      }
    }

    private void hit(int index, long nanos) {
      expected[index] = Expected.HIT;
      durationNanos[index] = nanos;
    }
  }

  /**
   * Looks up some calls that follow each other, best {@link BulkCalls#CHUNK} of them.
   *
   * @throws DirectoryException if the directory cannot be opened
   * @throws DirectoryClosedException if it was closed
   */
  public void lookUp(int from, int to) {
    BulkLookUp<R, X> lookUp = new BulkLookUp<>(new Findings());
    for (int i = from; i < to; i++) {
      expected[i] = Expected.UNKNOWN;
      lookUp.add(i, function, arguments[i]);
    }
    lookUp.run();
  }

  public Expected expected(int index) {
    return expected[index];
  }

  /**
   * How long the computation took whose result is stored; 0 of what was put by hand, or is no hit.
   */
  public long durationNanos(int index) {
    return durationNanos[index];
  }
}
