package dev.memo.call;

import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of a batch would find now. Nothing is computed, stored or counted. Of a function
 * that returns futures it is what these complete with.
 *
 * <p>Results that are stored under an alias only are not looked for: they count as misses, though a
 * call would find them.
 *
 * <p><b>Memory</b>: about 25 bytes for each distinct call that finds nothing. <b>Threads</b>: any
 * number may look up at once.
 */
public final class BulkPlan<A extends @Nullable Object> {
  private final CachedFunction<A, ?, ?> function;
  private final DistinctCalls distinct = new DistinctCalls(); // guarded by this
  private Found found = new Found(0, 0, 0, 0, 0, Duration.ZERO); // guarded by this

  /**
   * What calls would find.
   *
   * @param hits their result
   * @param misses nothing: they would compute
   * @param duplicates nothing, but another call is equal, and among the misses
   * @param unknown nobody can say: their argument cannot be encoded, or memo did not make the
   *     function
   * @param timed hits that tell how long the computation took; one that was put by hand does not
   * @param time how long those computations took together
   */
  public record Found(
      long hits, long misses, long duplicates, long unknown, long timed, Duration time) {

    Found plus(Found that) {
      return new Found(
          hits + that.hits,
          misses + that.misses,
          duplicates + that.duplicates,
          unknown + that.unknown,
          timed + that.timed,
          time.plus(that.time));
    }
  }

  public BulkPlan(CachedFunction<A, ?, ?> function) {
    this.function = function;
  }

  /** Counts for one look-up. */
  private final class Findings implements BulkLookUp.Results<@Nullable Object, Exception> {
    private int hits;
    private int timed;
    private long nanos; // of a few hundred calls
    private final long[] absent; // hashes of calls that find nothing
    private int absents;
    private boolean incomplete;

    Findings(int calls) {
      absent = new long[calls];
    }

    @Override
    public void shared(
        int index, StoredFunction<?, @Nullable Object, Exception> target, HeapTier.Value value) {
      hit(value.durationNanos());
    }

    @Override
    public <B extends @Nullable Object> void stored(
        int index,
        StoredFunction<B, @Nullable Object, Exception> target,
        Request<B> request,
        Stored stored) {
      count(request, target.parts().reader.durationNanos(request, stored));
    }

    @Override
    public <B extends @Nullable Object> void rest(
        int index, StoredFunction<B, @Nullable Object, Exception> target, Request<B> request) {
      count(request, incomplete ? target.parts().reader.durationNanos(request) : -1);
    }

    @Override
    public void failed(Throwable why) {
      if (why instanceof DirectoryException || why instanceof DirectoryClosedException) {
        throw (RuntimeException) why; // nothing of what is stored can be known
      } else if (why instanceof VirtualMachineError error) {
        throw error;
      }
      incomplete = true;
    }

    private void count(Request<?> request, long each) {
      if (each >= 0) {
        hit(each);
      } else {
        absent[absents++] = DistinctCalls.hash(request.key());
      }
    }

    private void hit(long each) {
      hits++;
      if (each > 0) {
        timed++;
        nanos += each;
      }
    }
  }

  /**
   * Looks up some calls, best {@link BulkCalls#CHUNK} of them.
   *
   * @throws DirectoryException if the directory cannot be opened
   * @throws DirectoryClosedException if it was closed
   */
  public void lookUp(List<? extends A> arguments) {
    Findings findings = new Findings(arguments.size());
    BulkLookUp<@Nullable Object, Exception> lookUp = new BulkLookUp<>(findings);
    int index = 0;
    for (A argument : arguments) {
      lookUp.addKept(index++, function, argument);
    }
    findings.incomplete = false; // what cannot be encoded is not among the rest
    lookUp.run();
    add(findings);
  }

  private synchronized void add(Findings more) {
    int misses = distinct.add(more.absent, more.absents);
    int unknown = more.absent.length - more.hits - more.absents;
    found =
        found.plus(
            new Found(
                more.hits,
                misses,
                more.absents - misses,
                unknown,
                more.timed,
                Duration.ofNanos(more.nanos)));
  }

  /** What was found so far. */
  public synchronized Found found() {
    return found;
  }
}
