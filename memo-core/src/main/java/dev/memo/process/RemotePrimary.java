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
import dev.memo.claims.Wanted;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.FunctionClashException;
import dev.memo.failure.StoreException;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Failure;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The primary as another process sees it: each method sends a request and waits for the answer.
 *
 * <p><b>Failure</b>: every method throws {@link LostPrimaryException} when the connection ends, and
 * the future of a wait completes with it. Whoever waits for an answer is not disturbed by an
 * interrupt: the keeper ends a connection that is silent.
 */
final class RemotePrimary implements Primary, AutoCloseable {
  private static final int HANDSHAKE = 0;

  /** How long who waits for an answer relies on being told of the end. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Makes what those are told that wait for an answer when the connection ends. */
  @FunctionalInterface
  interface Losses {
    LostPrimaryException of(@Nullable Throwable why);
  }

  /** Made in advance: who finds that the connection has ended needs no memory to say so. */
  private final LostPrimaryException gone = new LostPrimaryException(null);

  private final ConcurrentMap<Integer, Exchange> exchanges = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger();
  private final CompletableFuture<Message> welcome = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final Connection connection;
  private final Epochs epochs;
  private final long ownerEpoch;
  private final Losses losses;
  private volatile @Nullable UUID directoryId;

  private RemotePrimary(SocketChannel channel, long ownerEpoch, Epochs epochs, Losses losses) {
    this.ownerEpoch = ownerEpoch;
    this.losses = losses;
    this.epochs = epochs;
    this.connection = new Connection(channel, "memo asks the primary", new Incoming());
  }

  /**
   * Introduces this process on a connected channel, which belongs to the result.
   *
   * @param member the name of this process in the directory
   * @param watch is told of the connection, to end it when it is silent
   * @throws LostPrimaryException if who answers is not the primary with this epoch
   */
  static RemotePrimary introduce(
      SocketChannel channel,
      String member,
      long ownerEpoch,
      Epochs epochs,
      Consumer<Connection> watch) {
    return introduce(channel, member, ownerEpoch, epochs, watch, LostPrimaryException::new);
  }

  /** As above; tests make other losses, or fail to. */
  static RemotePrimary introduce(
      SocketChannel channel,
      String member,
      long ownerEpoch,
      Epochs epochs,
      Consumer<Connection> watch,
      Losses losses) {
    RemotePrimary primary = new RemotePrimary(channel, ownerEpoch, epochs, losses);
    long pid = ProcessHandle.current().pid();
    primary.connection.send(
        HANDSHAKE, new Message.Hello(Wire.VERSION, Wire.VERSION, ownerEpoch, pid, member));
    watch.accept(primary.connection); // which may send a heartbeat at once
    primary.connection.start();
    Message answer = primary.join(primary.welcome);
    if (!(answer instanceof Message.Welcome welcome) || welcome.ownerEpoch() != ownerEpoch) {
      primary.close();
      throw new LostPrimaryException(new DirectoryException("the primary says " + answer));
    }
    primary.directoryId = new UUID(welcome.directoryMost(), welcome.directoryLeast());
    return primary;
  }

  /** Asks for something; the answers to it come on one stream. */
  private class Exchange {
    final int stream = nextStream();
    final CompletableFuture<Message> first = new CompletableFuture<>();

    /** Takes an answer; returns whether it was the last. */
    boolean answered(Message answer) {
      first.complete(answer);
      return true;
    }

    void lost(LostPrimaryException failure) {
      first.completeExceptionally(failure);
    }
  }

  /** Asks for a claim: the answer may be to wait for another answer. */
  private final class ClaimExchange extends Exchange {
    private final CallKey key;
    private final int variant;
    private @Nullable Next next; // guarded by this
    private boolean abandoned; // guarded by this

    ClaimExchange(CallKey key, int variant) {
      this.key = key;
      this.variant = variant;
    }

    @Override
    boolean answered(Message message) {
      Answer answer = null;
      Next waiting;
      synchronized (this) {
        waiting = next;
        if (message instanceof Message.Wait) {
          next = new Next(this);
          answer = new Answer.Wait(next, ELSEWHERE);
        } else if (abandoned && message instanceof Message.Granted granted) {
          connection.send(nextStream(), new Message.Release(key, variant, granted.claim()));
          return false; // until the abandonment is confirmed
        } else if (abandoned) {
          return message instanceof Message.Done;
        }
      }
      if (waiting == null) {
        first.complete(message);
      } else {
        waiting.complete(answer == null ? answerOf(message) : answer);
      }
      return answer == null;
    }

    /** The wait that was answered last. */
    synchronized Answer.Wait waiting() {
      if (next == null) {
        throw new IllegalStateException("not told to wait");
      }
      return new Answer.Wait(next, ELSEWHERE);
    }

    synchronized boolean abandon() {
      boolean first = !abandoned;
      abandoned = true;
      return first;
    }

    @Override
    void lost(LostPrimaryException failure) {
      super.lost(failure);
      Next waiting;
      synchronized (this) {
        waiting = next;
      }
      if (waiting != null) {
        waiting.completeExceptionally(failure);
      }
    }
  }

  /** The answer after a wait. */
  private static final class Next extends CompletableFuture<Answer> {
    final ClaimExchange exchange;

    Next(ClaimExchange exchange) {
      this.exchange = exchange;
    }
  }

  /** The holder of every claim that is waited for; the primary knows the real one. */
  private static final Chain ELSEWHERE = Chain.foreign(new Object(), new long[] {0});

  private final class Incoming implements Connection.Listener {
    @Override
    public void received(int stream, Message message) {
      if (stream == HANDSHAKE) {
        if (!(message instanceof Message.Beat)) {
          welcome.complete(message);
        }
        return;
      }
      Exchange exchange = exchanges.get(stream);
      if (exchange != null && exchange.answered(message)) {
        exchanges.remove(stream);
      }
    }

    /** Tells all that wait, however long that takes: each has to be told, and that needs memory. */
    @Override
    public void ended(@Nullable Throwable why) {
      boolean isTold = tellAll(why);
      while (!isTold) {
        LockSupport.parkNanos(this, AGAIN_NANOS); // a heap that is full may be so for a moment only
        isTold = tellAll(why);
      }
    }
  }

  /** Tells each that has not been told yet. False if that failed with one of them. */
  private boolean tellAll(@Nullable Throwable why) {
    boolean isTold = true;
    try {
      ended.complete(null);
    } catch (Throwable e) { // of who is told; it has ended all the same
      isTold = false;
    }
    try {
      if (!welcome.isDone()) {
        welcome.completeExceptionally(losses.of(why));
      }
    } catch (Throwable e) { // as for the others
      isTold = false;
    }
    try {
      for (Exchange exchange : exchanges.values()) {
        isTold &= tell(exchange, why);
      }
    } catch (Throwable e) { // not even they can be counted up
      isTold = false;
    }
    return isTold;
  }

  private boolean tell(Exchange exchange, @Nullable Throwable why) {
    try {
      exchange.lost(losses.of(why));
      exchanges.remove(exchange.stream);
      return true;
    } catch (Throwable e) { // whatever it is, it must not keep the others waiting
      return false;
    }
  }

  private int nextStream() {
    int stream = streams.incrementAndGet();
    return stream == HANDSHAKE ? streams.incrementAndGet() : stream;
  }

  private <E extends Exchange> E send(E exchange, Message request) {
    exchanges.put(exchange.stream, exchange);
    try {
      connection.send(exchange.stream, request);
    } catch (Error notSent) {
      exchanges.remove(exchange.stream);
      throw notSent;
    }
    if (ended.isDone()) {
      exchange.lost(gone); // it may have come too late to be told
    }
    return exchange;
  }

  private Message ask(Message request) {
    return join(send(new Exchange(), request).first);
  }

  /**
   * Waits for an answer, which comes soon, or the keeper ends the connection. So not as {@code
   * join} does: in a fork-join worker that starts a spare thread, or throws where there may be
   * none. It looks itself now and then whether the connection has ended, because to be told needs
   * memory.
   */
  private <T> T join(CompletableFuture<T> future) {
    if (!future.isDone()) {
      Thread waiter = Thread.currentThread();
      CompletableFuture<T> unused =
          future.whenComplete((answer, failure) -> LockSupport.unpark(waiter));
      boolean interrupted = false;
      boolean lost = false;
      while (!future.isDone()) {
        if (ended.isDone() && !future.isDone()) { // in this order: no answer comes after the end
          lost = true;
          break;
        }
        LockSupport.parkNanos(future, LOOK_NANOS);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        waiter.interrupt();
      }
      if (lost) {
        throw gone;
      }
    }
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LostPrimaryException lost) {
        throw lost;
      }
      throw e;
    }
  }

  /** Calls {@code told} when the connection has ended, at once if it has. */
  void whenEnded(Runnable told) {
    CompletableFuture<Void> unused = ended.thenRun(told);
  }

  boolean hasEnded() {
    return ended.isDone();
  }

  /** Tells that everything that went on before was announced. */
  void attached() {
    expect(ask(new Message.Attached()), Message.Done.class);
  }

  /**
   * Tells what this process counted.
   *
   * @throws StoreException if it is to be told again
   */
  void count(Message.Counts counts) {
    Message answer = ask(counts);
    throwRefused(answer);
    expect(answer, Message.Done.class);
  }

  /** Which tables the database is made of; 0 if the connection ends before that is known. */
  long tables() {
    try {
      Message answer = ask(new Message.AskTables());
      throwRefused(answer);
      return expect(answer, Message.Tables.class).digest();
    } catch (LostPrimaryException e) {
      return 0;
    }
  }

  /** How the directory is. */
  DirectoryState state() {
    Message.State state = expect(ask(new Message.AskStatus()), Message.State.class);
    return new DirectoryState(
        false,
        ownerEpoch,
        state.processes(),
        state.claims(),
        state.waits(),
        state.directory(),
        state.functions());
  }

  /** The id of the directory that this primary has open. */
  UUID directoryId() {
    UUID id = directoryId;
    if (id == null) {
      throw new IllegalStateException("not introduced");
    }
    return id;
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public void register(long functionId, String identity) {
    Message answer = ask(new Message.Register(functionId, identity));
    if (answer instanceof Message.Failed failed) {
      throw Failure.of(failed.reason()) == Failure.CLASH
          ? new FunctionClashException(failed.message())
          : new DirectoryException(failed.message());
    }
    expect(answer, Message.Done.class);
  }

  @Override
  public void rememberRemovals(long functionId) {
    Message answer = ask(new Message.Remember(functionId));
    throwRefused(answer);
    expect(answer, Message.Done.class);
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    Message answer = ask(new Message.Read(key, variant));
    if (answer instanceof Message.Hit hit) {
      return hit.stored();
    }
    throwRefused(answer);
    expect(answer, Message.Absent.class);
    return null;
  }

  @Override
  public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    int most = Math.min(keys.size(), Message.ReadAll.MAX_KEYS);
    Message answer = ask(new Message.ReadAll(keys.subList(0, most), variant));
    throwRefused(answer);
    List<@Nullable Stored> stored = expect(answer, Message.Found.class).stored();
    if (stored.size() > most) {
      throw unexpected(answer);
    }
    return stored;
  }

  @Override
  public @Nullable Stored readNearby(CallKey key, int variant) {
    return null;
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    return await(ask(new Wanted(key, variant, rejected, chain)));
  }

  /** Sends all questions before it waits for the first answer. */
  @Override
  public List<@Nullable Answer> claimAll(List<Wanted> wanted) {
    List<ClaimExchange> asked = wanted.stream().map(this::ask).toList();
    List<@Nullable Answer> answers = new ArrayList<>(asked.size());
    for (ClaimExchange exchange : asked) {
      Answer answer = null;
      try {
        answer = await(exchange);
      } catch (LostPrimaryException | StoreException e) {
        // the others may have their answers; this one is asked for again
      }
      answers.add(answer);
    }
    return answers;
  }

  private ClaimExchange ask(Wanted w) {
    return send(
        new ClaimExchange(w.key(), w.variant()),
        new Message.AskClaim(w.key(), w.variant(), w.rejected(), w.chain().numbers()));
  }

  private Answer await(ClaimExchange exchange) {
    Message answer = join(exchange.first);
    return answer instanceof Message.Wait ? exchange.waiting() : answerOf(answer);
  }

  /** Tells of a computation that began under another primary. */
  Claim announce(CallKey key, int variant, long start, Chain chain) {
    Message answer = ask(new Message.Announce(key, variant, start, chain.numbers()));
    return new Claim(expect(answer, Message.Granted.class).claim(), start);
  }

  private Answer answerOf(Message message) {
    if (message instanceof Message.Hit hit) {
      return new Answer.Hit(hit.stored());
    } else if (message instanceof Message.Granted granted) {
      return new Answer.Granted(new Claim(granted.claim(), granted.start()));
    } else if (message instanceof Message.ComputeAnyway) {
      return new Answer.ComputeAnyway();
    }
    throwRefused(message);
    throw unexpected(message);
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    return startPut(key, variant, claim, entry, rejected).await();
  }

  /** The primary stores with one write what arrives together. */
  @Override
  public PendingPut startPut(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    Exchange put =
        send(
            new Exchange(),
            new Message.Put(key, variant, claim.id(), claim.start(), rejected, entry));
    return () -> putAnswer(join(put.first));
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    return putAnswer(ask(new Message.Replace(key, variant, start, entry)));
  }

  private PutAnswer putAnswer(Message answer) {
    if (answer instanceof Message.Kept kept) {
      return new PutAnswer.Kept(kept.sequence());
    } else if (answer instanceof Message.Lost lost) {
      return new PutAnswer.Lost(lost.winner());
    } else if (answer instanceof Message.Outdated) {
      return new PutAnswer.Outdated();
    } else if (answer instanceof Message.Refused refused) {
      return new PutAnswer.Refused(storeException(refused));
    }
    throw unexpected(answer);
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {
    connection.send(nextStream(), new Message.Release(key, variant, claim.id()));
  }

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {
    if (wait.next() instanceof Next next && next.exchange.abandon()) {
      connection.send(next.exchange.stream, new Message.Abandon());
      boolean answered = next.isDone() && !next.isCompletedExceptionally(); // else it was lost
      if (answered && next.join() instanceof Answer.Granted granted) {
        release(key, variant, granted.claim()); // it was granted before it was abandoned
      }
    }
  }

  /**
   * Tells that a chain which holds a claim is about to wait inside this process.
   *
   * @return what ends the report, or null if the wait would close a cycle
   */
  @Nullable Runnable reportWait(Chain waiter, Chain holder) {
    Exchange exchange = send(new Exchange(), new Message.Waits(waiter.numbers(), holder.numbers()));
    return join(exchange.first) instanceof Message.ComputeAnyway
        ? null
        : () -> connection.send(exchange.stream, new Message.Abandon());
  }

  @Override
  public void invalidate(CallKey key) {
    requireDone(ask(new Message.Invalidate(key)));
  }

  @Override
  public void invalidateAll(long functionId) {
    requireDone(ask(new Message.InvalidateAll(functionId)));
  }

  private void requireDone(Message answer) {
    if (answer instanceof Message.Failed failed) {
      throw new DirectoryUnavailableException(failed.message());
    }
    expect(answer, Message.Done.class);
  }

  @Override
  public Epochs epochs() {
    return epochs;
  }

  private static void throwRefused(Message answer) {
    if (answer instanceof Message.Refused refused) {
      throw storeException(refused);
    }
  }

  private static StoreException storeException(Message.Refused refused) {
    return new StoreException(
        Failure.of(refused.reason()).reason(), "the primary says: " + refused.message(), null);
  }

  private <M extends Message> M expect(Message answer, Class<M> type) {
    if (!type.isInstance(answer)) {
      throw unexpected(answer);
    }
    return type.cast(answer);
  }

  /** An answer that does not fit its request ends the connection. */
  private LostPrimaryException unexpected(Message answer) {
    DirectoryException why = new DirectoryException("an answer that does not fit: " + answer);
    connection.close(why);
    return new LostPrimaryException(why);
  }

  @Override
  public void close() {
    connection.close();
  }
}
