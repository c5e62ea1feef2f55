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
import dev.memo.store.BoundedReads;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The primary in the process that has the database open.
 *
 * <p>All that happens to a call key happens under the lock of its {@link ClaimStripe}, the write
 * included, so that a claim, a result and an invalidation of one key are in a definite order; a new
 * era of a function begins under all of them. Reads take no lock, but wait for a change of their
 * stripe that is under way: what it removes is still served from memory elsewhere until its epoch
 * is raised, and who has seen the new value must not be followed by who sees the old. Lock order:
 * stripes (several in one order), a function's monitor, the sequences' monitor.
 *
 * <p>A missed call costs two look-ups and one write: {@link #read}, the second look of {@link
 * #claim}, and {@link #put}, which needs no look-up as long as its claim is current.
 */
final class LocalPrimary implements Primary, AutoCloseable {
  private final Path directory;
  private final Store store;
  private final Meta meta;
  private final ControlPage page;
  private final Sequences sequences;
  private final Functions functions;
  private final CallRows rows;
  private final Tombstones tombstones;
  private final SharedCounters counters;
  private final Grace grace;
  private final ClaimStripes stripes = new ClaimStripes();
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
    this.store = new ShownStore(store, page);
    this.meta = new Meta(this.store);
    this.page = page;
    this.sequences = new Sequences(meta, page);
    this.functions = new Functions(meta);
    this.rows = new CallRows(directory, this.store, page, sequences, intact, outdating);
    this.tombstones = new Tombstones(this.store, stripes, functions);
    this.counters = new SharedCounters(this.store, meta, functions);
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
  public void rememberRemovals(long functionId) {
    requireOpen();
    functions.of(functionId).rememberRemovals();
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    requireOpen();
    boolean changing = stripes.isLocked(key); // before the look, after which the change may be over
    byte[] bytes = get(key, variant);
    boolean changed = stripes.awaitUnlocked(key);
    if (bytes == null && (changing || changed)) {
      bytes = get(key, variant); // a secondary may have shown it from the log already
    }
    return bytes == null ? null : new Stored(bytes);
  }

  @Override
  public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    requireOpen();
    boolean[] changing = new boolean[keys.size()]; // before the look, as above
    List<byte[]> entryKeys = new ArrayList<>(keys.size());
    KnownFunction function = functions.of(keys.get(0).functionId());
    for (int i = 0; i < changing.length; i++) {
      CallKey key = keys.get(i);
      if (key.functionId() != function.id()) { // mostly there is no other
        function = functions.of(key.functionId());
      }
      changing[i] = stripes.isLocked(key);
      entryKeys.add(key.entryKey(function.era().generation(), variant));
    }
    List<byte @Nullable []> values =
        BoundedReads.read(entryKeys, some -> store.multiGet(Family.ENTRIES, some));
    List<@Nullable Stored> found = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      byte[] bytes = values.get(i);
      boolean changed = stripes.awaitUnlocked(keys.get(i));
      if (bytes == null && (changing[i] || changed)) {
        bytes = get(keys.get(i), variant);
      }
      found.add(bytes == null ? null : new Stored(bytes));
    }
    return found;
  }

  private byte @Nullable [] get(CallKey key, int variant) {
    return store.get(Family.ENTRIES, entryKey(key, variant));
  }

  private byte[] entryKey(CallKey key, int variant) {
    Era era = functions.of(key.functionId()).era();
    return key.entryKey(era.generation(), variant);
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    KnownFunction function = functions.of(key.functionId());
    Slot slot = new Slot(key, variant);
    ClaimStripe stripe = stripes.lock(key);
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
    ClaimStripe stripe = stripes.lock(key);
    try {
      requireOpen();
      Era era = function.era();
      boolean counts = !seemsOutdated(function, key, era, start);
      return stripe.announce(new Slot(key, variant), era, chain, start, counts).claim();
    } finally {
      stripe.lock().unlock();
    }
  }

  /** A database that cannot say keeps nobody from attaching: nobody waits for the computation. */
  private boolean seemsOutdated(KnownFunction function, CallKey key, Era era, long start) {
    try {
      return rows.isOutdated(function, key, era, start);
    } catch (StoreException e) {
      return true;
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
    PutRequest request = new PutRequest(key, variant, claim, entry, rejected);
    return putAll(List.of(request), List.of(stripes.of(key))).get(0);
  }

  /** Stores results in their order, each as {@link #put} does, with one write where that can be. */
  List<PutAnswer> putAll(List<PutRequest> requests) {
    return putAll(requests, stripes.of(requests.stream().map(PutRequest::key).toList()));
  }

  /**
   * @param wanted the stripes of the keys, in their order
   */
  private List<PutAnswer> putAll(List<PutRequest> requests, List<ClaimStripe> wanted) {
    Replies replies = new Replies(); // all is made before something is locked
    ClaimStripes.lock(wanted);
    try {
      requireOpen();
      Puts puts = new Puts(functions, stripes, rows, sequences, replies, requests.size());
      requests.forEach(puts::add);
      puts.write();
      return puts.answers();
    } finally {
      ClaimStripes.unlock(wanted);
      replies.send();
    }
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {
    Replies replies = new Replies();
    ClaimStripe stripe = stripes.lock(key);
    try {
      HeldClaim held = stripe.live(claim);
      if (held != null) {
        Era era = functions.of(key.functionId()).era();
        stripe.handOn(held, era, sequences.last(), replies);
      }
    } finally {
      stripe.lock().unlock();
      replies.send();
    }
  }

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {
    ClaimStripe stripe = stripes.lock(key);
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
    ClaimStripe stripe = stripes.lock(key);
    try {
      requireOpen();
      KnownFunction function = functions.of(key.functionId());
      Era era = function.era();
      Batch batch = rows.removal(key, era, sequences.next());
      rows.change(List.of(key), List.of(function), batch);
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
    ClaimStripe stripe = stripes.lock(key);
    try {
      requireOpen();
      KnownFunction function = functions.of(key.functionId());
      Era era = function.era();
      if (rows.isOutdated(function, key, era, start)) {
        return new PutAnswer.Outdated();
      }
      Stored stored = Stored.of(sequences.next(), entry);
      Batch batch = rows.removal(key, era, stored.sequence());
      batch.put(Family.ENTRIES, key.entryKey(era.generation(), variant), stored.bytes());
      rows.change(List.of(key), List.of(function), batch);
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
    // of all keys: a tombstone that is written meanwhile would be one of the era that ends
    List<ClaimStripe> locked = stripes.lockAll();
    try {
      KnownFunction function = functions.of(functionId);
      synchronized (function) {
        Era next = new Era(function.era().generation() + 1, sequences.next());
        try {
          meta.writeEra(functionId, next);
          function.begin(next);
          page.showRemoval(store.changeCount());
        } finally {
          page.raiseDirectory(); // whether it was written or not
        }
      }
    } catch (StoreException e) {
      throw unavailable("invalidateAll", e);
    } finally {
      ClaimStripes.unlock(locked);
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

  /** No computation that has a claim, or is granted one later, has a smaller start. */
  long oldestStart() {
    long[] oldest = {
      sequences.last()
    }; // before it looks: who is granted a claim later starts later
    stripes.each(stripe -> oldest[0] = Math.min(oldest[0], stripe.oldestStart()));
    return oldest[0];
  }

  /** As {@link Store#tables}. */
  long tables() {
    requireOpen();
    return store.tables();
  }

  Tombstones tombstones() {
    return tombstones;
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
    long[] claims = {0};
    long[] waits = {grace.deferred()};
    stripes.each(
        stripe -> {
          claims[0] += stripe.claims();
          waits[0] += stripe.waits();
        });
    return new DirectoryState(
        true,
        page.ownerEpoch(),
        1 + sessions.size(),
        claims[0],
        waits[0],
        counters.ofDirectory(),
        counters.ofFunctions());
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
    Replies replies = new Replies();
    stripes.each(stripe -> stripe.endAll(sequences.last(), replies));
    replies.send();
  }
}
