package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.PendingPut;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.Waits;
import dev.memo.claims.Wanted;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.FunctionClashException;
import dev.memo.process.reads.LocalReads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * This process among those that have the directory open, as its calls see it: whoever is the
 * primary, and whether there is one.
 *
 * <p>A call that finds no primary waits for the next one, at most as long as a primary may be
 * silent; from then on, until there is one, calls compute at once, their results go to the spool,
 * and mutations fail. Thread-safe.
 */
final class Member implements Primary {
  private final Path directory;
  private final CurrentRole role;
  private final Spool spool;
  private final MemberEpochs epochs;
  private final LocalReads reads;
  private final Executor again;
  private final RunningCalls running = new RunningCalls();
  private final Map<Long, String> functions = new ConcurrentHashMap<>();
  private final Set<Long> remembered = ConcurrentHashMap.newKeySet();
  private final MemberWaits waits = new MemberWaits(this);

  /**
   * @param directory for messages
   * @param patience how long a call waits for a primary
   * @param reads what this process can read while it does not lead
   * @param again runs what blocks until the next primary answers; on threads of its own
   */
  Member(
      Path directory,
      Duration patience,
      Spool spool,
      MemberEpochs epochs,
      LocalReads reads,
      Executor again) {
    this.directory = directory;
    this.role = new CurrentRole(directory, patience);
    this.spool = spool;
    this.epochs = epochs;
    this.reads = reads;
    this.again = again;
  }

  /** Takes a role; the computations under way were {@linkplain #announceTo announced} before. */
  void assume(Role next) {
    role.assume(next);
    running.announceTo(next); // those that began meanwhile
  }

  /** Tells who is to be the primary which functions there are and what is being computed. */
  void announceTo(Role next) {
    functions.forEach(next.primary()::register);
    remembered.forEach(next.primary()::rememberRemovals);
    running.announceTo(next);
    waits.reportTo(next);
  }

  /** Whether nothing was ever heard of the directory. */
  boolean knowsNothing() {
    return role.directoryId() == null;
  }

  /** The directory is this one, though nobody who could take results has answered yet. */
  void know(UUID id) {
    role.know(id);
  }

  /** The role has ended; does nothing if it is not the current one. */
  void leave(Role former) {
    role.leave(former);
  }

  /** The primary is silent: until there is another one, calls do not wait for it either. */
  void detach() {
    role.detach();
  }

  /** The id of the directory, as far as this process ever reached it. */
  UUID directoryId() {
    UUID id = role.directoryId();
    if (id == null) {
      throw role.unavailable("the id of the directory is not known");
    }
    return id;
  }

  @Nullable Role role() {
    return role.get();
  }

  /** No computation that is under way here or spooled, or begins later, has a smaller start. */
  long oldestStart() {
    long now = epochs.lastSequence(); // before it looks: what it misses begins later
    long oldest = Math.min(now, running.oldestStart());
    return Math.min(oldest, spool.oldestStart()); // last: what has ended meanwhile is there
  }

  LocalReads reads() {
    return reads;
  }

  RunningCalls running() {
    return running;
  }

  /** Whether there are results that no primary has taken yet, or claims on some that one has. */
  boolean hasSpooled() {
    return !spool.isEmpty() || running.hasSpooled();
  }

  /**
   * Hands the primary what no primary has taken yet, and ends the claims on it.
   *
   * @return what became of it
   */
  SpoolTally replay(Role to) throws IOException {
    List<Running> inSpool = running.takeSpooled();
    boolean taken = false;
    try {
      SpoolTally tally = spool.replay(to);
      taken = tally.isComplete();
      return tally;
    } finally {
      if (taken) {
        inSpool.forEach(Running::end);
      } else {
        running.putBack(inSpool);
      }
    }
  }

  /** Begins to count the time without a primary anew: this process itself was paused. */
  void restartSilence() {
    role.restartSilence();
  }

  /** Ends what waits for a role; later uses fail. */
  void close() {
    role.close();
  }

  /**
   * How the directory is, after telling what this process counted; null if no primary answers.
   *
   * @param tell tells it
   * @throws DirectoryUnavailableException if what primaries answer is not understood
   */
  @Nullable DirectoryState state(Consumer<Role> tell) {
    return role.<@Nullable DirectoryState>ask(
        current -> {
          tell.accept(current);
          return current.state();
        },
        () -> null,
        why -> {
          throw role.misunderstood("nothing is known of the processes and counters", why);
        });
  }

  @Override
  public boolean isRemote() {
    return role.get() instanceof Role.Following;
  }

  @Override
  public void register(long functionId, String identity) {
    functions.put(functionId, identity);
    try {
      boolean unused =
          role.ask(
              current -> {
                current.primary().register(functionId, identity);
                return true;
              },
              () -> false); // the next primary is told when there is one
    } catch (FunctionClashException e) {
      functions.remove(functionId, identity);
      throw e;
    }
  }

  @Override
  public void rememberRemovals(long functionId) {
    remembered.add(functionId);
    boolean unused =
        role.ask(
            current -> {
              current.primary().rememberRemovals(functionId);
              return true;
            },
            () -> false); // the next primary is told when there is one
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    Stored near = reads.read(key, variant);
    return near != null
        ? near
        : role.<@Nullable Stored>ask(
            current -> current.primary().read(key, variant), () -> spool.find(key, variant));
  }

  @Override
  public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    List<@Nullable Stored> near = reads.readAll(keys, variant);
    List<CallKey> unknown = new ArrayList<>(near.size());
    for (int i = 0; i < near.size(); i++) {
      if (near.get(i) == null) {
        unknown.add(keys.get(i));
      }
    }
    if (unknown.isEmpty()) {
      return near;
    }
    List<@Nullable Stored> told =
        role.ask(
            current -> current.primary().readAll(unknown, variant),
            () -> spool.findAll(unknown, variant));
    return unknown.size() == near.size() ? told : filled(near, told.iterator());
  }

  /** With what was told in place of what is missing, as far as that goes. */
  private static List<@Nullable Stored> filled(
      List<@Nullable Stored> near, Iterator<@Nullable Stored> told) {
    List<@Nullable Stored> found = new ArrayList<>(near.size());
    for (Stored each : near) {
      if (each == null && !told.hasNext()) {
        return found;
      }
      found.add(each == null ? told.next() : each);
    }
    return found;
  }

  @Override
  public @Nullable Stored readNearby(CallKey key, int variant) {
    Stored near = reads.read(key, variant);
    return near != null
        ? near
        : role.<@Nullable Stored>ask(
            current -> current.primary().readNearby(key, variant), () -> null);
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    return role.ask(
        current ->
            taken(
                current,
                key,
                variant,
                rejected,
                chain,
                current.primary().claim(key, variant, rejected, chain)),
        () -> spooled(key, variant, rejected));
  }

  /** If the primary ends meanwhile, the claims that it had granted are announced to the next. */
  @Override
  public List<@Nullable Answer> claimAll(List<Wanted> wanted) {
    List<@Nullable Answer> none = Collections.<@Nullable Answer>nCopies(wanted.size(), null);
    try {
      return role.ask(
          current -> takenAll(current, wanted, current.primary().claimAll(wanted)), () -> none);
    } catch (DirectoryClosedException e) {
      return none; // whoever asks again meets it again
    }
  }

  private List<@Nullable Answer> takenAll(
      Role from, List<Wanted> wanted, List<@Nullable Answer> answers) {
    List<@Nullable Answer> taken = new ArrayList<>(answers.size());
    for (int i = 0; i < answers.size(); i++) {
      Wanted w = wanted.get(i);
      Answer answer = answers.get(i);
      taken.add(
          answer == null
              ? null
              : taken(from, w.key(), w.variant(), w.rejected(), w.chain(), answer));
    }
    return taken;
  }

  private Answer spooled(CallKey key, int variant, long rejected) {
    Stored stored = rejected == 0 ? spool.find(key, variant) : null;
    return stored == null ? new Answer.NoPrimary() : new Answer.Hit(stored);
  }

  @Override
  public Claim begin(CallKey key, int variant, Chain chain) {
    return running.begin(key, variant, chain, role.directoryId(), epochs);
  }

  /** An answer of a primary, made to outlive it. */
  private Answer taken(
      Role from, CallKey key, int variant, long rejected, Chain chain, Answer answer) {
    if (answer instanceof Answer.Granted granted) {
      Running mine =
          Running.claimed(key, variant, chain, from.directoryId(), from.primary(), granted.claim());
      Claim claim = running.add(mine);
      announceToCurrent(mine);
      return new Answer.Granted(claim);
    } else if (answer instanceof Answer.Wait wait) {
      Relay next = new Relay(from.primary(), wait);
      CompletableFuture<Answer> unused =
          wait.next()
              .whenComplete(
                  (following, lost) -> {
                    if (lost == null) {
                      next.complete(takenOrNone(from, key, variant, rejected, chain, following));
                    } else {
                      askAgain(next, key, variant, rejected, chain);
                    }
                  });
      return new Answer.Wait(next, wait.holder());
    }
    return answer;
  }

  /** If the primary that granted the claim has gone, the next may have been told before this. */
  private void announceToCurrent(Running mine) {
    Role current = role.get();
    if (current != null) {
      try {
        mine.announceTo(current);
      } catch (LostPrimaryException | DirectoryClosedException e) {
        leave(current); // the next one is told of all
      }
    }
  }

  private Answer takenOrNone(
      Role from, CallKey key, int variant, long rejected, Chain chain, Answer following) {
    try {
      return taken(from, key, variant, rejected, chain, following);
    } catch (Throwable e) { // whatever it is, nobody must wait for ever
      return new Answer.NoPrimary();
    }
  }

  /** The relay is completed in any case: somebody waits for it. */
  private void askAgain(Relay next, CallKey key, int variant, long rejected, Chain chain) {
    try {
      again.execute(() -> next.complete(claimAgain(key, variant, rejected, chain)));
    } catch (Throwable e) { // the directory was closed meanwhile, or there is no thread
      next.complete(new Answer.NoPrimary());
    }
  }

  private Answer claimAgain(CallKey key, int variant, long rejected, Chain chain) {
    try {
      return claim(key, variant, rejected, chain);
    } catch (Throwable e) { // whatever it is, nobody must wait for ever
      return new Answer.NoPrimary();
    }
  }

  /** A wait that goes on at the next primary. */
  private static final class Relay extends CompletableFuture<Answer> {
    final Primary primary;
    final Answer.Wait wait;

    Relay(Primary primary, Answer.Wait wait) {
      this.primary = primary;
      this.wait = wait;
    }
  }

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {
    if (!(wait.next() instanceof Relay relay)) {
      return;
    }
    relay.primary.abandon(key, variant, relay.wait);
    CompletableFuture<Void> unused =
        relay.thenAccept(
            answer -> {
              if (answer instanceof Answer.Granted granted) {
                release(key, variant, granted.claim());
              } else if (answer instanceof Answer.Wait longer) {
                abandon(key, variant, longer);
              }
            });
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    Running mine = known(key, variant, claim);
    return role.ask(
        current -> {
          if (!current.directoryId().equals(mine.directoryId())) {
            return new PutAnswer.Outdated(); // its start means nothing there
          }
          Primary primary = current.primary();
          Claim theirs = mine.claimOf(primary);
          PutAnswer answer = primary.put(key, variant, theirs, entry, rejected);
          boolean unused = mine.claimEnded(primary);
          return answer;
        },
        () -> {
          PutAnswer answer = spool.add(mine.directoryId(), key, variant, claim.start(), entry);
          if (answer instanceof PutAnswer.Spooled) {
            running.moveToSpooled(claim, mine);
          }
          return answer;
        });
  }

  private Running known(CallKey key, int variant, Claim claim) {
    Running known = running.get(claim);
    return known == null
        ? Running.unclaimed(key, variant, Chain.root(), role.directoryId(), claim.start())
        : known;
  }

  /** What the primary of now does not answer, or cannot take, is put as any other result. */
  @Override
  public PendingPut startPut(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    PendingPut anew = () -> put(key, variant, claim, entry, rejected);
    Running mine = known(key, variant, claim);
    Role current = role.get();
    if (current == null || !current.directoryId().equals(mine.directoryId())) {
      return anew;
    }
    Primary primary = current.primary();
    PendingPut started;
    try {
      started = primary.startPut(key, variant, mine.claimOf(primary), entry, rejected);
    } catch (LostPrimaryException | DirectoryClosedException e) {
      return anew;
    }
    return () -> {
      PutAnswer answer;
      try {
        answer = started.await();
      } catch (LostPrimaryException e) {
        return anew.await();
      }
      if (!mine.claimEnded(primary)) {
        anew.await(); // the next primary, which has a claim of it now, answers those who wait
      }
      return answer;
    };
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {
    running.end(claim);
  }

  @Override
  public void invalidate(CallKey key) {
    mutate(
        "invalidate",
        current -> {
          current.primary().invalidate(key);
          return true;
        });
  }

  @Override
  public void invalidateAll(long functionId) {
    mutate(
        "invalidateAll",
        current -> {
          current.primary().invalidateAll(functionId);
          return true;
        });
  }

  /** Tried again at the next primary: to remove twice is to remove. */
  private void mutate(String action, Function<Role, Boolean> mutation) {
    boolean unused =
        role.ask(
            mutation,
            () -> {
              throw role.unavailable(action + " was not carried out");
            },
            why -> {
              throw role.misunderstood(action + " may have been carried out or not", why);
            });
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    return role.ask(
        current -> {
          try {
            return current.primary().replace(key, variant, entry, start);
          } catch (LostPrimaryException e) {
            leave(current);
            // a second try could overwrite what another process stored after the first
            throw new DirectoryUnavailableException(
                "the value may have been stored in "
                    + directory
                    + " or not: its primary ended, or was silent, before it answered",
                e);
          }
        },
        () -> {
          throw role.unavailable("nothing was stored");
        });
  }

  @Override
  public Epochs epochs() {
    return epochs;
  }

  @Override
  public Waits waits() {
    return waits;
  }
}
