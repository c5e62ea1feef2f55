package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.Functions.KnownFunction;
import dev.memo.process.HeldClaim.Found;
import dev.memo.process.HeldClaim.Slot;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * The rows that the database has of calls, entries and tombstones: looks at them, and changes them
 * so that readers know. To be used under the locks of the calls' {@link ClaimStripe}s.
 *
 * <p>One damaged block makes all rows in it unreadable, for good. That must not keep a call from
 * being stored or invalidated: what cannot be read counts as what is safe.
 */
final class CallRows {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final int[] NO_STRIPES = {};

  private final Path directory;
  private final Store store;
  private final ControlPage page;
  private final Sequences sequences;
  private final Predicate<Stored> intact;
  private final Outdating outdating;
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * @param directory for messages
   * @param intact whether the checksum of an entry holds
   */
  CallRows(
      Path directory,
      Store store,
      ControlPage page,
      Sequences sequences,
      Predicate<Stored> intact,
      Outdating outdating) {
    this.directory = directory;
    this.store = store;
    this.page = page;
    this.sequences = sequences;
    this.intact = intact;
    this.outdating = outdating;
  }

  /**
   * What is in the slot.
   *
   * @param rejected the sequence of an entry that does not count
   */
  Found look(Slot slot, Era era, long rejected) {
    byte[] bytes;
    try {
      bytes = store.get(Family.ENTRIES, slot.key().entryKey(era.generation(), slot.variant()));
    } catch (StoreException e) {
      requireDamage(e);
      return new Found(null, true); // like an entry whose own checksum fails
    }
    if (bytes == null) {
      return new Found(null, false);
    }
    Stored stored = new Stored(bytes);
    boolean counts = stored.sequence() != rejected && intact.test(stored);
    return new Found(counts ? stored : null, !counts);
  }

  /**
   * The sequence of the last invalidation, put or refresh of the call; 0 if there was none. A
   * tombstone that cannot be read is replaced by one of now: it outdates more, never less.
   */
  private long tombstone(CallKey key, Era era) {
    byte[] tombstoneKey = key.tombstoneKey(era.generation());
    try {
      byte[] bytes = store.get(Family.ENTRIES, tombstoneKey);
      return bytes == null ? 0 : new Stored(bytes).sequence();
    } catch (StoreException e) {
      requireDamage(e);
      long now = sequences.next();
      Batch batch = new Batch();
      Tombstones.put(batch, key, era.generation(), now);
      store.write(batch);
      return now;
    }
  }

  /** Deletes all variants of the call and writes its tombstone. */
  Batch removal(CallKey key, Era era, long sequence) {
    Batch batch = deletion(key.prefix(era.generation()));
    Tombstones.put(batch, key, era.generation(), sequence);
    return batch;
  }

  private Batch deletion(byte[] prefix) {
    Batch batch = new Batch();
    // a call with more arguments, which a function known by its name may have had once, begins with
    // the same prefix; its keys are longer
    int length = prefix.length + CallKey.VARIANT_BYTES;
    try {
      store.scan(
          Family.ENTRIES,
          prefix,
          (entryKey, value) -> {
            if (entryKey.length == length) {
              batch.delete(Family.ENTRIES, entryKey);
            }
            return true;
          });
      return batch;
    } catch (StoreException e) {
      requireDamage(e);
      warnOnce(e);
      return new Batch().deletePrefix(Family.ENTRIES, prefix);
    }
  }

  /**
   * Writes what removes or replaces something of the calls: readers have to know before, because
   * they may see it in the log at once, and after; and so has the next owner.
   */
  void change(List<CallKey> changed, List<KnownFunction> functions, Batch batch) {
    int[] moving =
        changed.isEmpty()
            ? NO_STRIPES
            : changed.stream().mapToInt(CallKey::stripe).distinct().toArray();
    try {
      for (int stripe : moving) {
        page.beginChange(stripe);
      }
      List<KnownFunction> recorded = new ArrayList<>(0);
      for (KnownFunction function : functions) {
        if (function.record(batch)) {
          recorded.add(function);
        }
      }
      store.write(batch);
      if (moving.length > 0) {
        page.showRemoval(store.changeCount());
      }
      recorded.forEach(KnownFunction::recorded);
    } finally {
      for (int stripe : moving) {
        page.endChange(stripe);
      }
    }
  }

  /**
   * Whether something happened to the call since.
   *
   * @param start the last sequence when its computation began
   */
  boolean isOutdated(KnownFunction function, CallKey key, Era era, long start) {
    return outdating.isOutdated(start, era.since())
        || outdating.isOutdatedBySwept(start, function.swept())
        || outdating.isOutdated(start, tombstone(key, era));
  }

  private static void requireDamage(StoreException e) {
    if (e.reason() != Reason.CORRUPT) {
      throw e;
    }
  }

  private void warnOnce(StoreException e) {
    if (!warned.getAndSet(true)) {
      LOG.log(
          Level.WARNING,
          "Rows of {0} cannot be read; where results are removed or replaced, all that was stored"
              + " of the call is deleted unread, also of the same call with more arguments: {1}",
          directory,
          e.getMessage());
    }
  }
}
