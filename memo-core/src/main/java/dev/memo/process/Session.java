package dev.memo.process;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.claims.Waits;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.FunctionClashException;
import dev.memo.failure.MemoException;
import dev.memo.failure.StoreException;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Failure;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import dev.memo.store.StackReserve;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the primary does for one secondary.
 *
 * <p>Requests are carried out by the thread that reads the connection, in their order; the answers
 * to waits come from whichever thread ends them. When the connection ends, however it does, the
 * secondary's claims are handed on and its waits forgotten.
 */
final class Session implements Connection.Listener {

  /**
   * What a session needs to know of its primary.
   *
   * @param ownerEpoch of this primary, to which a secondary must mean to speak
   * @param graph who waits for whom, in this process and in the secondaries
   */
  record Seat(LocalPrimary primary, UUID directoryId, long ownerEpoch, Waits graph) {}

  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** Values that wait to be read by the secondary, before it is sent no more. */
  private static final long MAX_UNSENT_BYTES = 64 << 20;

  /** Stack to tell the secondary of the end of a wait: half of that would leave a claim behind. */
  private static final int RESERVED_BYTES = 8 << 10;

  private static final int TRIES = 1000;
  private static final long BETWEEN_TRIES_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** No process has so many threads that ask. */
  private static final int MAX_UNSENT = 1 << 17;

  /** A request that was put off. */
  private record Asked(int stream, Message message) {}

  private record Held(CallKey key, int variant, Claim claim) {}

  /**
   * A wait of the secondary, for a claim or inside its own process.
   *
   * @param abandoned what the primary is told when the secondary no longer waits
   */
  private record Waiting(Chain waiter, CompletableFuture<?> end, Runnable abandoned) {}

  private final Seat seat;
  private final Connection connection;
  private final Consumer<Session> attached;
  private final Consumer<Session> ended;
  private final Map<Long, Held> claims = new ConcurrentHashMap<>();
  private final Map<Integer, Waiting> waits = new ConcurrentHashMap<>();

  // of the reading thread
  private final Map<Integer, Message.Put> arrived = new LinkedHashMap<>();
  private final Queue<Asked> postponed = new ArrayDeque<>();
  private boolean saysTooMuch; // what the secondary cannot be told of, of which it was warned

  private volatile @Nullable String member;
  private volatile long oldestStart; // 0 until the secondary has said
  private volatile boolean over;
  private volatile boolean primaryEnds; // set before any connection of this primary is closed

  /**
   * @param attached is told when the secondary has said what it was doing before
   * @param ended is told when the connection has ended
   */
  Session(SocketChannel channel, Seat seat, Consumer<Session> attached, Consumer<Session> ended) {
    this.seat = seat;
    this.attached = attached;
    this.ended = ended;
    this.connection = new Connection(channel, "memo serves a process", this);
  }

  Connection connection() {
    return connection;
  }

  /** The secondary's name; null until it has introduced itself. */
  @Nullable String member() {
    return member;
  }

  /** The smallest start of what the secondary computes or has spooled, as far as it has said. */
  long oldestStart() {
    return oldestStart;
  }

  /** The secondary's claims go on at the next primary: nobody here is to be granted them. */
  void keepClaims() {
    primaryEnds = true;
  }

  @Override
  public void received(int stream, Message message) {
    if (isAnsweredWithValues(message)) {
      seat.primary.counters().countAsked();
    }
    if (connection.unsent() > MAX_UNSENT || postponed.size() > MAX_UNSENT) {
      connection.close(new DirectoryException("a process that does not read its answers"));
    } else if (isAnsweredWithMuch(message) && connection.unsentBytes() > MAX_UNSENT_BYTES) {
      postponed.add(new Asked(stream, message));
    } else {
      take(stream, message);
    }
  }

  private static boolean isAnsweredWithMuch(Message message) {
    return isAnsweredWithValues(message) || message instanceof Message.AskStatus;
  }

  private static boolean isAnsweredWithValues(Message message) {
    return message instanceof Message.Read
        || message instanceof Message.ReadAll
        || message instanceof Message.AskClaim;
  }

  private void take(int stream, Message message) {
    if (message instanceof Message.Put put && member != null) {
      arrived.put(stream, put);
      return;
    }
    storeAll();
    if (member == null) {
      introduce(stream, message);
      return;
    }
    carryOut(
        stream,
        () -> {
          Message answer = answer(stream, message);
          if (answer != null) {
            connection.send(stream, answer);
          }
        });
  }

  @Override
  public void drained() {
    storeAll();
    while (!postponed.isEmpty() && connection.unsentBytes() <= MAX_UNSENT_BYTES) {
      Asked next = postponed.remove();
      take(next.stream, next.message);
      connection.sendNow();
    }
  }

  /** Stores results that arrived together with one write. */
  private void storeAll() {
    if (!arrived.isEmpty()) {
      Map<Integer, Message.Put> together = new LinkedHashMap<>(arrived);
      arrived.clear();
      try {
        putAll(together);
        connection.sendNow();
      } catch (MemoException e) {
        connection.close(e); // the secondary looks for the next primary
      }
    }
  }

  private void carryOut(int stream, Runnable request) {
    try {
      request.run();
    } catch (StoreException e) {
      connection.send(
          stream,
          new Message.Refused(Failure.of(e.reason()).code(), String.valueOf(e.getMessage())));
    } catch (FunctionClashException e) {
      connection.send(
          stream, new Message.Failed(Failure.CLASH.code(), String.valueOf(e.getMessage())));
    } catch (DirectoryClosedException e) {
      connection.close(e); // the secondary looks for the next primary
    } catch (MemoException e) {
      connection.send(
          stream, new Message.Failed(Failure.DIRECTORY.code(), String.valueOf(e.getMessage())));
    }
  }

  private void introduce(int stream, Message message) {
    if (stream != 0 || !(message instanceof Message.Hello hello)) {
      connection.close(new DirectoryException("a process that does not introduce itself"));
    } else if (hello.oldest() > Wire.VERSION || hello.newest() < Wire.VERSION) {
      refuse(
          Failure.VERSION,
          "this primary speaks version "
              + Wire.VERSION
              + ", the secondary "
              + hello.oldest()
              + " to "
              + hello.newest());
    } else if (hello.ownerEpoch() != seat.ownerEpoch) {
      refuse(Failure.NOT_PRIMARY, "this is the primary of epoch " + seat.ownerEpoch);
    } else {
      member = hello.member();
      seat.primary.arrived(this);
      if (over) {
        seat.primary.left(this);
      }
      UUID id = seat.directoryId;
      connection.send(
          0,
          new Message.Welcome(
              Wire.VERSION,
              id.getMostSignificantBits(),
              id.getLeastSignificantBits(),
              seat.ownerEpoch));
    }
  }

  private void refuse(Failure failure, String why) {
    connection.sendLast(0, new Message.Failed(failure.code(), why));
  }

  private @Nullable Message answer(int stream, Message message) {
    LocalPrimary primary = seat.primary;
    if (message instanceof Message.AskClaim ask) {
      return claim(stream, ask);
    } else if (message instanceof Message.Read read) {
      Stored stored = primary.read(read.key(), read.variant());
      return stored == null ? new Message.Absent() : new Message.Hit(stored);
    } else if (message instanceof Message.ReadAll all) {
      return Message.Found.of(primary.readAll(all.keys(), all.variant()));
    } else if (message instanceof Message.Abandon) {
      return abandon(stream);
    } else if (message instanceof Message.Release release) {
      Held held = claims.remove(release.claim());
      if (held != null) {
        primary.release(held.key, held.variant, held.claim);
      }
      return new Message.Done();
    } else if (message instanceof Message.Waits waits) {
      return waits(stream, waits);
    } else if (message instanceof Message.Invalidate invalidate) {
      primary.invalidate(invalidate.key());
      return new Message.Done();
    } else if (message instanceof Message.Replace replace) {
      return putAnswer(
          primary.replace(replace.key(), replace.variant(), replace.entry(), replace.start()));
    } else if (message instanceof Message.InvalidateAll all) {
      primary.invalidateAll(all.functionId());
      return new Message.Done();
    } else if (message instanceof Message.Announce announce) {
      Chain chain = Chain.foreign(this, announce.chain());
      Claim claim = primary.announce(announce.key(), announce.variant(), announce.start(), chain);
      return granted(announce.key(), announce.variant(), claim);
    } else if (message instanceof Message.Register register) {
      primary.register(register.functionId(), register.identity());
      return new Message.Done();
    } else if (message instanceof Message.Remember remember) {
      primary.rememberRemovals(remember.functionId());
      return new Message.Done();
    } else if (message instanceof Message.Counts counts) {
      primary.counters().add(String.valueOf(member), counts);
      return new Message.Done();
    } else if (message instanceof Message.AskStatus) {
      return state(primary.state());
    } else if (message instanceof Message.AskTables) {
      return new Message.Tables(primary.tables());
    } else if (message instanceof Message.Attached) {
      attached.accept(this);
      return new Message.Done();
    } else if (message instanceof Message.Beat beat) {
      oldestStart = beat.oldestStart();
      return null;
    }
    throw new DirectoryException(
        "a primary is not asked for " + message.getClass().getSimpleName());
  }

  private Message state(DirectoryState state) {
    Message.State told =
        Message.State.of(
            state.processes(), state.claims(), state.waits(), state.counts(), state.functions());
    int untold = state.functions().size() - told.functions().size();
    if (untold > 0 && !saysTooMuch) {
      saysTooMuch = true;
      LOG.log(
          Level.WARNING,
          "There are more functions than the process {0} can be told of: it asked what was counted,"
              + " and learns nothing of {1} of them",
          member,
          untold);
    }
    return told;
  }

  private Message claim(int stream, Message.AskClaim ask) {
    Chain chain = Chain.foreign(this, ask.chain());
    Answer answer = seat.primary.claim(ask.key(), ask.variant(), ask.rejected(), chain);
    return told(stream, ask.key(), ask.variant(), chain, answer);
  }

  /** What the secondary is told of an answer; a wait goes on until the next one. */
  private Message told(int stream, CallKey key, int variant, Chain chain, Answer answer) {
    if (answer instanceof Answer.Hit hit) {
      return new Message.Hit(hit.stored());
    } else if (answer instanceof Answer.Granted granted) {
      return granted(key, variant, granted.claim());
    } else if (answer instanceof Answer.ComputeAnyway || answer instanceof Answer.NoPrimary) {
      return new Message.ComputeAnyway();
    }
    Answer.Wait wait = (Answer.Wait) answer;
    if (!seat.graph.tryWait(chain, wait.holder(), wait.next())) {
      seat.primary.abandon(key, variant, wait);
      return new Message.ComputeAnyway();
    }
    Waiting waiting =
        new Waiting(chain, wait.next(), () -> seat.primary.abandon(key, variant, wait));
    waits.put(stream, waiting);
    CompletableFuture<Void> unused =
        wait.next().thenAccept(next -> goOn(stream, waiting, key, variant, chain, next));
    if (over) {
      forget(stream, waiting);
    }
    return new Message.Wait();
  }

  /** A wait has its answer, unless the secondary has abandoned it. */
  private void goOn(
      int stream, Waiting waiting, CallKey key, int variant, Chain chain, Answer next) {
    try {
      StackReserve.require(RESERVED_BYTES);
      if (waits.remove(stream, waiting)) {
        connection.send(stream, told(stream, key, variant, chain, next));
      } else if (over) {
        drop(key, variant, next); // in case the primary could not be told of the end
      }
    } catch (RuntimeException | Error e) {
      connection.close(e); // or the secondary would wait for ever, perhaps with a claim
      throw e;
    }
  }

  /** Nobody takes this answer: what it grants is handed on, if it was not before. */
  private void drop(CallKey key, int variant, Answer answer) {
    if (answer instanceof Answer.Granted granted) {
      seat.primary.release(key, variant, granted.claim());
    } else if (answer instanceof Answer.Wait wait) {
      seat.primary.abandon(key, variant, wait);
    }
  }

  private Message granted(CallKey key, int variant, Claim claim) {
    if (claim.id() != 0) {
      Held held = new Held(key, variant, claim);
      claims.put(claim.id(), held);
      if (over) {
        handOn(held); // the secondary went away meanwhile
      }
    }
    return new Message.Granted(claim.id(), claim.start());
  }

  private void putAll(Map<Integer, Message.Put> together) {
    List<PutAnswer> answers =
        seat.primary.putAll(together.values().stream().map(this::request).toList());
    Iterator<PutAnswer> next = answers.iterator();
    together.forEach(
        (stream, put) -> {
          claims.remove(put.claim()); // not before, or who ends the session would not know of it
          connection.send(stream, putAnswer(next.next()));
        });
  }

  private PutRequest request(Message.Put put) {
    Held held = claims.get(put.claim());
    Claim claim = held == null ? new Claim(0, put.start()) : held.claim;
    return new PutRequest(put.key(), put.variant(), claim, put.entry(), put.rejected());
  }

  private static Message putAnswer(PutAnswer answer) {
    if (answer instanceof PutAnswer.Kept kept) {
      return new Message.Kept(kept.sequence());
    } else if (answer instanceof PutAnswer.Lost lost) {
      return new Message.Lost(lost.winner());
    } else if (answer instanceof PutAnswer.Refused refused) {
      StoreException cause = refused.cause();
      return new Message.Refused(
          Failure.of(cause.reason()).code(), String.valueOf(cause.getMessage()));
    }
    return new Message.Outdated();
  }

  private Message waits(int stream, Message.Waits asked) {
    Chain waiter = Chain.foreign(this, asked.waiter());
    CompletableFuture<?> end = new CompletableFuture<>();
    if (!seat.graph.tryWait(waiter, Chain.foreign(this, asked.holder()), end)) {
      return new Message.ComputeAnyway();
    }
    waits.put(stream, new Waiting(waiter, end, () -> {}));
    return new Message.Wait();
  }

  private Message abandon(int stream) {
    Waiting waiting = waits.get(stream);
    if (waiting != null) {
      forget(stream, waiting);
    }
    return new Message.Done();
  }

  private void forget(int stream, Waiting waiting) {
    if (waits.remove(stream, waiting)) { // else it has its answer
      try {
        seat.graph.endWait(waiting.waiter, waiting.end);
      } finally {
        waiting.abandoned.run();
      }
    }
  }

  /** Whatever fails on the way, the next step is taken: others wait for what the secondary held. */
  @Override
  public void ended(@Nullable Throwable why) {
    over = true;
    try {
      seat.primary.left(this);
    } finally {
      try {
        letGo();
      } finally {
        ended.accept(this);
      }
    }
  }

  /** Tries for a while: a heap that is full may be so for a moment only. */
  private void letGo() {
    Throwable failure = tryToLetGo();
    for (int tries = 1; failure != null && tries < TRIES; tries++) {
      LockSupport.parkNanos(this, BETWEEN_TRIES_NANOS);
      failure = tryToLetGo();
    }
    if (failure != null) {
      throw new DirectoryException("cannot hand on all that " + member + " has held", failure);
    }
  }

  /** Lets go of all that it can. Returns why that was not everything, null if it was. */
  private @Nullable Throwable tryToLetGo() {
    Throwable failure = null;
    try {
      for (Map.Entry<Integer, Waiting> wait : waits.entrySet()) {
        try {
          forget(wait.getKey(), wait.getValue());
        } catch (Throwable e) { // it is forgotten, or dropped when it has its answer
          failure = e;
        }
      }
      for (Held held : claims.values()) {
        try {
          handOn(held);
        } catch (Throwable e) { // whatever it is, it must not keep the others
          failure = e;
        }
      }
    } catch (Throwable e) { // not even they can be counted up
      failure = e;
    }
    return failure;
  }

  /** A second time that does nothing, so the claim is known here until the primary has it back. */
  private void handOn(Held held) {
    if (!primaryEnds && held.equals(claims.get(held.claim.id()))) {
      seat.primary.release(held.key, held.variant, held.claim);
      claims.remove(held.claim.id(), held);
    }
  }
}
