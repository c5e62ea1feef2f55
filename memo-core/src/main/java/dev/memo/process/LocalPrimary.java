package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.StoreException;
import dev.memo.process.Functions.KnownFunction;
import dev.memo.process.HeldClaim.Found;
import dev.memo.process.HeldClaim.Slot;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The primary in the process that has the database open.
 *
 * <p>All that happens to a call key happens under the lock of its {@link ClaimStripe}, the write
 * included, so that a claim, a result and an invalidation of one key are in a definite order. A
 * function's era is changed under the function's monitor and read without: a result of an era that
 * ends meanwhile is stored under a generation that nobody reads. Lock order: stripe, then the
 * sequences' monitor; function, then the sequences' monitor; never a stripe and a function.
 *
 * <p>A missed call costs two look-ups and one write: {@link #read}, the second look of {@link
 * #claim}, and {@link #put}, which needs no look-up as long as its claim is current.
 */
final class LocalPrimary implements Primary, AutoCloseable {
  /** Many, because a lock is held during a write, which POWER_LOSS makes slow. */
  private static final int LOCKS = 1024;

  /** Tells whether a computation is outdated by something that happened to its call. */
  @FunctionalInterface
  interface Outdating {
    Outdating STARTED_BEFORE = (start, changed) -> start < changed;

    boolean isOutdated(long start, long changed);
  }

  private final Path directory;
  private final Store store;
  private final Meta meta;
  private final ControlPage page;
  private final Sequences sequences;
  private final Functions functions;
  private final CallRows rows;
  private final SharedCounters counters;
  private final Outdating outdating;
  private final Grace grace;
  private final ClaimStripe[] stripes = new ClaimStripe[LOCKS];
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param directory for messages
   * @param intact whether the checksum of an entry holds
   * @param grace until when claims are not granted
   */
  LocalPrimary(
      Path directory,
      Store store,
      ControlPage page,
      Predicate<Stored> intact,
      Outdating outdating,
      Grace grace) {
    this.grace = grace;
    this.directory = directory;
    this.store = store;
    this.meta = new Meta(store);
    this.page = page;
    this.sequences = new Sequences(meta, page);
    this.functions = new Functions(meta);
    this.rows = new CallRows(directory, store, sequences, intact);
    this.counters = new SharedCounters(store, meta, functions);
    this.outdating = outdating;
    AtomicLong claimIds = new AtomicLong();
    for (int i = 0; i < LOCKS; i++) {
      stripes[i] = new ClaimStripe(claimIds);
    }
  }

  @Override
  public void register(long functionId, String identity) {
    requireOpen();
    try {
      functions.register(functionId, identity);
    } catch (StoreException e) {
      throw new DirectoryException(
          "cannot look up the function "
              + Functions.described(identity)
              + " in "
              + directory
              + ": "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    requireOpen();
    Era era = functions.of(key.functionId()).era();
    byte[] bytes = store.get(Family.ENTRIES, key.entryKey(era.generation(), variant));
    return bytes == null ? null : new Stored(bytes);
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    KnownFunction function = functions.of(key.functionId());
    Slot slot = new Slot(key, variant);
    ClaimStripe stripe = lock(key);
    try {
      requireOpen();
      Era era = function.era();
      Found found = lookAgain(slot, era, rejected);
      if (found != null && found.winner() != null) {
        return new Answer.Hit(found.winner());
      }
      HeldClaim held = stripe.current(slot, era.generation());
      if (held != null) {
        return held.join(chain);
      }
      Answer.Wait later = grace.defer(() -> claim(key, variant, rejected, chain));
      if (later != null) {
        return later;
      }
      held = stripe.grant(slot, era, chain, sequences.last(), found, rejected);
      return new Answer.Granted(held.claim());
    } finally {
      stripe.lock().unlock();
    }
  }

  @Override
  public Claim begin(CallKey key, int variant, Chain chain) {
    return new Claim(0, sequences.last());
  }

  /**
   * Grants a claim for a computation that began before this primary did. A second one on a call is
   * granted as well: the first result wins.
   *
   * @param start the last sequence when it began
   */
  Claim announce(CallKey key, int variant, long start, Chain chain) {
    KnownFunction function = functions.of(key.functionId());
    ClaimStripe stripe = lock(key);
    try {
      requireOpen();
      Era era = function.era();
      boolean counts = !isOutdated(key, era, start);
      return stripe.announce(new Slot(key, variant), era, chain, start, counts).claim();
    } finally {
      stripe.lock().unlock();
    }
  }

  /** Null if the database cannot say: then the call is computed all the same. */
  private @Nullable Found lookAgain(Slot slot, Era era, long rejected) {
    try {
      return rows.look(slot, era, rejected);
    } catch (StoreException e) {
      return null; // a put meets the failure again, and reports it
    }
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    KnownFunction function;
    try {
      function = functions.of(key.functionId());
    } catch (StoreException e) {
      return new PutAnswer.Refused(e); // nobody waits: no claim was ever granted
    }
    Slot slot = new Slot(key, variant);
    Replies replies = new Replies();
    ClaimStripe stripe = lock(key);
    try {
      requireOpen();
      Era era = function.era();
      HeldClaim held = stripe.live(claim);
      try {
        Found found = held == null ? null : stripe.stillFound(held, era, rejected);
        if (found == null) {
          found = rows.look(slot, era, rejected);
          if (found.winner() != null) {
            end(stripe, held, found.winner(), replies);
            return new PutAnswer.Lost(found.winner());
          }
          if (isOutdated(key, era, claim.start())) {
            handOn(stripe, held, era, replies);
            return new PutAnswer.Outdated();
          }
        }
        Stored stored = store(slot, era, function, entry);
        if (found.unusable()) {
          removed(key);
        }
        end(stripe, held, stored, replies);
        stripe.answer(slot, stored, replies);
        return new PutAnswer.Kept(stored.sequence());
      } catch (StoreException e) {
        handOn(stripe, held, era, replies);
        return new PutAnswer.Refused(e);
      }
    } finally {
      stripe.lock().unlock();
      replies.send();
    }
  }

  private Stored store(Slot slot, Era era, KnownFunction function, byte[] entry) {
    Stored stored = Stored.of(sequences.next(), entry);
    byte[] entryKey = slot.key().entryKey(era.generation(), slot.variant());
    write(function, new Batch().put(Family.ENTRIES, entryKey, stored.bytes()));
    return stored;
  }

  private void write(KnownFunction function, Batch batch) {
    boolean records = function.record(batch);
    store.write(batch);
    page.showChange(store.changeCount());
    if (records) {
      function.recorded();
    }
  }

  /** Something of the call was removed or replaced: readers and the next owner have to know. */
  private void removed(CallKey key) {
    page.showRemoval(store.changeCount());
    page.raiseStripe(key.stripe());
  }

  private boolean isOutdated(CallKey key, Era era, long start) {
    return outdating.isOutdated(start, era.since())
        || outdating.isOutdated(start, rows.tombstone(key, era));
  }

  private static void end(
      ClaimStripe stripe, @Nullable HeldClaim held, Stored stored, Replies replies) {
    if (held != null) {
      stripe.end(held, stored, replies);
    }
  }

  private void handOn(ClaimStripe stripe, @Nullable HeldClaim held, Era era, Replies replies) {
    if (held != null) {
      stripe.handOn(held, era, sequences.last(), replies);
    }
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {
    Replies replies = new Replies();
    ClaimStripe stripe = lock(key);
    try {
      HeldClaim held = stripe.live(claim);
      if (held != null) {
        handOn(stripe, held, functions.of(key.functionId()).era(), replies);
      }
    } finally {
      stripe.lock().unlock();
      replies.send();
    }
  }

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {
    ClaimStripe stripe = lock(key);
    boolean forgotten;
    try {
      forgotten = stripe.forget(wait);
    } finally {
      stripe.lock().unlock();
    }
    if (!forgotten) {
      // answered already, though the answer may still be on its way
      CompletableFuture<Void> unused =
          wait.next()
              .thenAccept(
                  answer -> {
                    if (answer instanceof Answer.Granted granted) {
                      release(key, variant, granted.claim());
                    } else if (answer instanceof Answer.Wait longer) {
                      abandon(key, variant, longer);
                    }
                  });
    }
  }

  @Override
  public void invalidate(CallKey key) {
    ClaimStripe stripe = lock(key);
    try {
      requireOpen();
      KnownFunction function = functions.of(key.functionId());
      Era era = function.era();
      Batch batch = rows.removal(key, era, sequences.next());
      write(function, batch);
      removed(key);
      stripe.supersede(key);
    } catch (StoreException e) {
      throw unavailable("invalidate", e);
    } finally {
      stripe.lock().unlock();
    }
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    Slot slot = new Slot(key, variant);
    Replies replies = new Replies();
    ClaimStripe stripe = lock(key);
    try {
      requireOpen();
      KnownFunction function = functions.of(key.functionId());
      Era era = function.era();
      if (isOutdated(key, era, start)) {
        return new PutAnswer.Outdated();
      }
      Stored stored = Stored.of(sequences.next(), entry);
      Batch batch = rows.removal(key, era, stored.sequence());
      batch.put(Family.ENTRIES, key.entryKey(era.generation(), variant), stored.bytes());
      write(function, batch);
      removed(key);
      stripe.answer(slot, stored, replies);
      stripe.supersede(key);
      return new PutAnswer.Kept(stored.sequence());
    } catch (StoreException e) {
      return new PutAnswer.Refused(e);
    } finally {
      stripe.lock().unlock();
      replies.send();
    }
  }

  @Override
  public void invalidateAll(long functionId) {
    requireOpen();
    try {
      KnownFunction function = functions.of(functionId);
      synchronized (function) {
        Era next = new Era(function.era().generation() + 1, sequences.next());
        meta.writeEra(functionId, next);
        function.begin(next);
        page.showRemoval(store.changeCount());
        page.raiseDirectory();
      }
    } catch (StoreException e) {
      throw unavailable("invalidateAll", e);
    }
  }

  private DirectoryUnavailableException unavailable(String action, StoreException e) {
    return new DirectoryUnavailableException(
        action
            + " was not carried out in "
            + directory
            + ", old results may still be returned: "
            + e.getMessage(),
        e);
  }

  @Override
  public Epochs epochs() {
    requireOpen();
    return page;
  }

  /** What all processes counted. */
  SharedCounters counters() {
    return counters;
  }

  /** Another process has introduced itself. */
  void arrived(Session session) {
    sessions.add(session);
  }

  /** A process has gone. */
  void left(Session session) {
    sessions.remove(session);
  }

  /** How the directory is, to the process that leads it. */
  DirectoryState state() {
    long claims = 0;
    long waits = grace.deferred();
    for (ClaimStripe stripe : stripes) {
      stripe.lock().lock();
      try {
        claims += stripe.claims();
        waits += stripe.waits();
      } finally {
        stripe.lock().unlock();
      }
    }
    return new DirectoryState(
        true,
        page.ownerEpoch(),
        1 + sessions.size(),
        claims,
        waits,
        counters.ofDirectory(),
        counters.ofFunctions());
  }

  private ClaimStripe lock(CallKey key) {
    ClaimStripe stripe = stripes[key.stripe() & (LOCKS - 1)];
    stripe.lock().lock();
    return stripe;
  }

  private void requireOpen() {
    if (closed) {
      throw new DirectoryClosedException(
          "the directory " + directory + " was closed before this use");
    }
  }

  /** Ends all claims: whoever waits for one computes. The store is the opener's to close. */
  @Override
  public void close() {
    closed = true;
    grace.end();
    for (ClaimStripe stripe : stripes) {
      Replies replies = new Replies();
      stripe.lock().lock();
      try {
        stripe.endAll(sequences.last(), replies);
      } finally {
        stripe.lock().unlock();
        replies.send();
      }
    }
  }
}
