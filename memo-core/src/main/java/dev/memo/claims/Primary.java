package dev.memo.claims;

import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.FunctionClashException;
import dev.memo.failure.MemoException;
import dev.memo.failure.StoreException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process that owns the database, as a call sees it. It alone assigns sequences, stores and
 * removes entries and grants claims.
 *
 * <p><b>Threads</b>: all methods may be called by any thread; none blocks for a computation.
 * <b>Failure</b>: every method throws {@link DirectoryClosedException} after the directory was
 * closed. A returned mutation is in the database's log.
 */
public interface Primary {

  /**
   * Makes the function known to the directory.
   *
   * @param identity what {@code functionId} is a hash of
   * @throws FunctionClashException if another identity has this id
   * @throws dev.memo.failure.DirectoryException if the database cannot say
   */
  void register(long functionId, String identity);

  /**
   * Says that results may come whose computations started long ago: what outdates them is not
   * forgotten from now on.
   */
  default void rememberRemovals(long functionId) {}

  /**
   * Returns the stored entry of the function's current generation. It is not checked in any way.
   *
   * @throws StoreException if the database cannot be read
   */
  @Nullable Stored read(CallKey key, int variant);

  /**
   * As {@link #read}, but null proves nothing: it is not asked for what only another process can
   * say. {@link #claim} does.
   */
  default @Nullable Stored readNearby(CallKey key, int variant) {
    return read(key, variant);
  }

  /**
   * Returns what {@link #read} would for each of the first keys, in their order, at least for one:
   * not for all if that would be too much at once. The rest is to be asked for in the same way.
   *
   * @param keys at least one
   * @throws StoreException if the database cannot read one of them
   */
  default List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    return Collections.singletonList(read(keys.get(0), variant));
  }

  /** Whether each answer takes so long that it pays to ask for several things together. */
  default boolean isRemote() {
    return false;
  }

  /** Who is asked before a chain waits for another one of this process. */
  default Waits waits() {
    return WaitGraph.JVM;
  }

  /**
   * Asks for the right to compute.
   *
   * @param rejected the sequence of the entry that the caller has read and cannot use, which is
   *     then no hit; 0 if there was none
   * @throws StoreException if the database cannot be read; the asker computes without a claim
   */
  Answer claim(CallKey key, int variant, long rejected, Chain chain);

  /**
   * Asks for several claims together, each as {@link #claim} does. All answers are in memory at
   * once, those that hold stored results too. Never throws.
   *
   * @return the answers, in the order of the questions; null where {@link #claim} has to be called,
   *     which says why there is none
   */
  default List<@Nullable Answer> claimAll(List<Wanted> wanted) {
    List<@Nullable Answer> answers = new ArrayList<>(wanted.size());
    for (Wanted w : wanted) {
      Answer answer = null;
      try {
        answer = claim(w.key(), w.variant(), w.rejected(), w.chain());
      } catch (MemoException e) {
        // whoever asks again meets it again, and reports it
      }
      answers.add(answer);
    }
    return answers;
  }

  /**
   * Begins a computation without a claim, which may be one of several of the same call. Like a
   * granted one it is ended by {@link #release}.
   */
  default Claim begin(CallKey key, int variant, Chain chain) {
    return new Claim(0, epochs().lastSequence());
  }

  /**
   * Stores a result and ends its claim. The first result wins; an entry that has the sequence
   * {@code rejected} is replaced. Waiters get the winner; after {@link PutAnswer.Outdated} or
   * {@link PutAnswer.Refused} the claim is handed to one of them.
   *
   * @param entry bytes of the entry, without a sequence; not copied
   */
  PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected);

  /**
   * Begins to {@linkplain #put store} a result without waiting until it is stored, so that several
   * can be stored together. Here it is stored at once.
   */
  default PendingPut startPut(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    PutAnswer answer = put(key, variant, claim, entry, rejected);
    return () -> answer;
  }

  /**
   * Whether {@link #put} would not keep a result whose computation started then; only asked of who
   * answers {@link PutAnswer.ReadOnly}. True as well if that cannot be told.
   *
   * @throws StoreException if the database cannot be read
   */
  default boolean isOutdated(CallKey key, long start) {
    return true;
  }

  /**
   * Ends a computation, and with it its claim if no put has: then the claim is handed to one
   * waiter. To be called for each that was granted or begun; unknown ones are ignored.
   */
  void release(CallKey key, int variant, Claim claim);

  /** Stops waiting: a claim that was granted to {@code wait} meanwhile is handed on. */
  void abandon(CallKey key, int variant, Answer.Wait wait);

  /**
   * Removes all variants of the call. When it has returned, no later read finds them, and no result
   * of a computation that started before is stored.
   *
   * @throws dev.memo.failure.DirectoryUnavailableException if the database refuses
   */
  void invalidate(CallKey key);

  /**
   * Stores this entry in place of all variants of the call, unless something was put, refreshed or
   * invalidated after {@code start}. Waiters are answered with it.
   *
   * @param start {@code Long.MAX_VALUE} to store in any case
   */
  PutAnswer replace(CallKey key, int variant, byte[] entry, long start);

  /** Removes all entries of the function, in constant time; else as {@link #invalidate}. */
  void invalidateAll(long functionId);

  /**
   * Asks before something is computed only to be stored.
   *
   * @param action as in "refresh"
   * @throws UnsupportedOperationException if this process only reads the directory; then so do all
   *     that put, replace or remove something
   */
  default void requireMutable(String action) {}

  /** The counters that tell when a result read earlier no longer counts. */
  Epochs epochs();
}
