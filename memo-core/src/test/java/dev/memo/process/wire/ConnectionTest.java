package dev.memo.process.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.claims.CallKey;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ConnectionTest {
  private static final CallKey KEY = CallKey.of(1, new byte[] {1});

  private record Received(int stream, Message message) {}

  private static final class Inbound implements Connection.Listener {
    final BlockingQueue<Received> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();

    private volatile Callable<?> during = () -> true;

    /** Is called while a message is received. */
    void during(Callable<?> action) {
      during = action;
    }

    @Override
    public void received(int stream, Message message) {
      try {
        during.call();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      messages.add(new Received(stream, message));
    }

    @Override
    public void ended(@Nullable Throwable why) {
      end.complete(why);
    }

    Received next() throws InterruptedException {
      Received received = messages.poll(30, TimeUnit.SECONDS);
      if (received == null) {
        throw new AssertionError("nothing came");
      }
      return received;
    }
  }

  private final Path socket;
  private final Inbound left = new Inbound();
  private final Inbound right = new Inbound();
  private SocketChannel peer;
  private Connection connection;
  private @Nullable Connection other;

  ConnectionTest(@TempDir Path folder) {
    socket = folder.resolve("s");
  }

  @BeforeEach
  void connect() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      peer = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      connection = new Connection(server.accept(), "memo test", left);
    }
    connection.start();
  }

  @AfterEach
  @Timeout(60)
  void close() throws Exception {
    connection.close();
    connection.awaitEnd();
    peer.close();
    if (other != null) {
      other.awaitEnd();
    }
  }

  private Connection other() {
    Connection made = new Connection(peer, "memo test, other end", right);
    made.start();
    other = made;
    return made;
  }

  @Test
  void aListenerAtWorkIsNoSilenceOfThePeer() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    left.during(
        () -> {
          working.countDown();
          done.await();
          return true;
        });
    other().send(5, new Message.Kept(7));
    working.await();
    long silent = connection.silentNanos();
    done.countDown();
    assertThat(silent).isZero();
    assertThat(left.next()).isEqualTo(new Received(5, new Message.Kept(7)));
  }

  @Test
  void theLastMessageArrivesBeforeTheEnd() throws Exception {
    other();
    connection.sendLast(5, new Message.Kept(7));
    assertThat(right.next()).isEqualTo(new Received(5, new Message.Kept(7)));
    assertThat(right.end.get(30, TimeUnit.SECONDS)).isInstanceOf(EOFException.class);
  }

  @Test
  void messagesArrive() throws Exception {
    other().send(5, new Message.Kept(7));
    assertThat(left.next()).isEqualTo(new Received(5, new Message.Kept(7)));
    connection.send(6, new Message.Done());
    assertThat(right.next()).isEqualTo(new Received(6, new Message.Done()));
  }

  @Test
  @DisplayName("P4: small messages do not wait for large ones")
  void smallMessagesDoNotWaitForLargeOnes() throws Exception {
    byte[] entry = new byte[64 << 20];
    new Random(1).nextBytes(entry);
    Connection sender = other();
    sender.send(1, new Message.Put(KEY, 1, 2, 3, 4, entry));
    sender.send(2, new Message.Put(KEY, 1, 2, 3, 4, entry));
    int overtook = 0;
    List<Message.Put> large = new ArrayList<>();
    for (long call = 10; large.size() < 2; call++) {
      sender.send(3, new Message.Kept(call));
      Received received = left.next();
      while (received.message() instanceof Message.Put put) {
        large.add(put);
        received = left.next();
      }
      assertThat(received).isEqualTo(new Received(3, new Message.Kept(call)));
      overtook += large.isEmpty() ? 1 : 0;
    }
    assertThat(overtook).isGreaterThan(10);
    assertThat(large).allSatisfy(put -> assertThat(put.entry()).isEqualTo(entry));
  }

  @Test
  void manyThreadsSendAtOnce() throws Exception {
    Connection sender = other();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int stream = t;
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  sender.send(stream, new Message.Kept(i));
                }
              });
      threads.add(thread);
      thread.start();
    }
    long[] next = new long[8];
    for (int i = 0; i < 80_000; i++) {
      Received received = left.next();
      assertThat(received.message()).isEqualTo(new Message.Kept(next[received.stream()]++));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void halfAFrameIsTheEndOfItsConnectionOnly() throws Exception {
    peer.write(ByteBuffer.allocate(7).putInt(100).put((byte) Kind.DONE.code()).flip());
    peer.close();
    assertThat(left.end.get(30, TimeUnit.SECONDS)).hasMessageContaining("peer closed");
    assertThat(left.messages).isEmpty();
  }

  @Test
  @DisplayName("P8: garbage ends its connection")
  void garbageEndsTheConnection() throws Exception {
    peer.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(left.end.get(30, TimeUnit.SECONDS))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("a frame of " + 0x47455420 + " bytes");
    assertThat(connection.isClosed()).isTrue();
  }

  @Test
  void closingIsToldAsNoFailure() throws Exception {
    connection.close();
    assertThat(left.end.get(30, TimeUnit.SECONDS)).isNull();
    connection.close();
  }

  @Test
  @DisplayName("P4: a sender who is interrupted does not end the connection")
  void anInterruptedSenderDoesNotEndTheConnection() throws Exception {
    Connection sender = other();
    for (int i = 0; i < 100; i++) { // from the second on it writes for itself
      Thread.currentThread().interrupt();
      sender.send(i, new Message.Done());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(left.next()).isEqualTo(new Received(i, new Message.Done()));
    }
    assertThat(sender.isClosed()).isFalse();
  }

  @Test
  @DisplayName("Twin: a channel that blocks is closed by an interrupt of who writes")
  void anInterruptedWriterOfABlockingChannel() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> peer.write(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(peer.isOpen()).isFalse();
  }

  @Test
  @DisplayName("P4: who sends is not kept by a peer that does not read, and nothing is lost")
  void aPeerThatDoesNotReadKeepsNoSender() throws Exception {
    int count = 20_000; // of 60 bytes and more, which no socket takes
    for (int i = 0; i < count; i++) {
      connection.send(i, refused(i));
    }
    assertThat(connection.unsentBytes()).isPositive();
    Thread.currentThread().interrupt();
    connection.sendLast(count, new Message.Done());
    assertThat(Thread.interrupted()).isTrue();
    other();
    for (int i = 0; i < count; i++) {
      assertThat(right.next()).isEqualTo(new Received(i, refused(i)));
    }
    assertThat(right.next()).isEqualTo(new Received(count, new Message.Done()));
    assertThat(right.end.get(30, TimeUnit.SECONDS)).isInstanceOf(EOFException.class);
  }

  @Test
  @DisplayName("P4: a full socket takes no descriptor, of which there may be none left")
  void aFullSocketTakesNoDescriptor() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    assumeTrue(Files.isDirectory(descriptors), "this system does not show descriptors");
    connection.send(1, new Message.Done());
    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(1); // so both have begun
    long before = selectors(descriptors);
    for (int i = 0; i < 20_000; i++) {
      connection.send(i, refused(i));
    }
    Thread writes = thread("memo test writes");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!isWaitingForRoom(writes)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
    assertThat(selectors(descriptors)).isLessThanOrEqualTo(before);
  }

  private static boolean isWaitingForRoom(Thread writes) {
    return Arrays.stream(writes.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(Readiness.class.getName()));
  }

  /** How many descriptors of selectors there are. */
  private static long selectors(Path descriptors) throws IOException {
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.filter(ConnectionTest::isOfSelector).count();
    }
  }

  private static boolean isOfSelector(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("[eventpoll]");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  private static Thread thread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findAny()
        .orElseThrow();
  }

  private static Message refused(int number) {
    return new Message.Refused(1, "x".repeat(50) + number);
  }

  @Test
  void whatIsSentBeforeTheStartArrives() throws Exception {
    Connection late = new Connection(peer, "memo test, other end", right);
    late.send(5, new Message.Kept(7));
    late.start();
    other = late;
    assertThat(left.next()).isEqualTo(new Received(5, new Message.Kept(7)));
  }

  @Test
  @DisplayName("P4: an answer does not wait until what arrived with its request is done")
  void theFirstAnswerOfTwo() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger requests = new AtomicInteger();
    left.during(
        () -> {
          if (requests.incrementAndGet() == 1) {
            connection.send(1, new Message.Kept(1));
          } else {
            second.countDown();
            done.await();
          }
          return true;
        });
    Outbox both = new Outbox();
    both.add(Outgoing.of(1, new Message.Done()));
    both.add(Outgoing.of(2, new Message.Done()));
    ByteBuffer together = ByteBuffer.allocate(2 * Wire.MAX_FRAME);
    both.fill(together);
    try {
      peer.write(together.flip());
      second.await();
      other();
      assertThat(right.next()).isEqualTo(new Received(1, new Message.Kept(1)));
    } finally {
      done.countDown();
    }
  }

  @Test
  @DisplayName("Answers arrive in the order of what they answer")
  void answersOfTheReader() throws Exception {
    AtomicInteger answers = new AtomicInteger();
    left.during(
        () -> {
          connection.send(answers.get(), new Message.Kept(answers.getAndIncrement()));
          return true;
        });
    Connection asking = other();
    for (int i = 0; i < 1_000; i++) {
      asking.send(i, new Message.Done());
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(right.next()).isEqualTo(new Received(i, new Message.Kept(i)));
    }
  }

  @Test
  @DisplayName("P4: a connection that is closed while its socket is full leaves no thread behind")
  void closedWhileTheSocketIsFull() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      connection.send(i, refused(i));
    }
    connection.close();
    connection.awaitEnd();
    assertThat(left.end.get(30, TimeUnit.SECONDS)).isNull();
  }

  @Test
  @DisplayName("P4: the last message is not lost while another thread sends")
  void theLastMessageBesideOthers() throws Exception {
    for (int round = 0; round < 500; round++) {
      Inbound there = new Inbound();
      try (SocketPair pair = SocketPair.open(socket.resolveSibling("pair" + round))) {
        Connection from = new Connection(pair.left(), "memo test, from", new Inbound());
        Connection to = new Connection(pair.right(), "memo test, to", there);
        from.start();
        to.start();
        CountDownLatch sending = new CountDownLatch(1);
        Thread beats =
            new Thread(
                () -> {
                  while (!from.isClosed()) {
                    from.send(0, new Message.Done());
                    sending.countDown();
                  }
                });
        beats.start();
        sending.await();
        from.sendLast(5, new Message.Kept(7));
        assertThat(there.end.get(30, TimeUnit.SECONDS)).isInstanceOf(EOFException.class);
        beats.join();
        assertThat(there.messages).contains(new Received(5, new Message.Kept(7)));
        from.awaitEnd();
        to.awaitEnd();
      }
    }
  }

  private record SocketPair(SocketChannel left, SocketChannel right) implements AutoCloseable {
    static SocketPair open(Path path) throws IOException {
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(path));
        SocketChannel left = SocketChannel.open(UnixDomainSocketAddress.of(path));
        return new SocketPair(left, server.accept());
      }
    }

    @Override
    public void close() throws IOException {
      left.close();
      right.close();
    }
  }

  @Test
  @DisplayName("P3: a stack that overflows while something is sent does not end the connection")
  void anOverflowedStack() throws Exception {
    Connection sender = other();
    assertThat(overflowsWhileSending(sender)).isEqualTo(20);
    sender.send(9, new Message.Kept(9));
    Received next = left.next();
    while (!next.equals(new Received(9, new Message.Kept(9)))) {
      assertThat(next).isEqualTo(new Received(1, new Message.Done()));
      next = left.next();
    }
    assertThat(sender.isClosed()).isFalse();
  }

  private static int overflowsWhileSending(Connection sender) throws InterruptedException {
    AtomicInteger overflows = new AtomicInteger();
    for (int round = 0; round < 20; round++) {
      Thread deep =
          new Thread(
              null,
              () -> {
                try {
                  sendDeeperAndDeeper(sender);
                } catch (StackOverflowError expected) {
                  overflows.incrementAndGet();
                }
              },
              "deep",
              (256 << 10) + 64 * round);
      deep.start();
      deep.join();
    }
    return overflows.get();
  }

  private static void sendDeeperAndDeeper(Connection sender) {
    if (!sender.isClosed()) {
      sender.send(1, new Message.Done());
      sendDeeperAndDeeper(sender);
    }
  }

  @Test
  void aConnectionThatIsClosedBeforeItsStart() throws Exception {
    Connection early = new Connection(peer, "memo test, other end", right);
    other = early;
    early.send(1, new Message.Done());
    early.close();
    early.start();
    assertThat(right.end.get(30, TimeUnit.SECONDS)).isNull();
    assertThat(left.end.get(30, TimeUnit.SECONDS)).isInstanceOf(EOFException.class);
  }

  @Test
  void anInterruptOfItsThreadsChangesNothing() throws Exception {
    connection.send(1, new Message.Done());
    assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(1); // so both have begun
    List<Thread> threads = List.of(thread("memo test reads"), thread("memo test writes"));
    for (int round = 0; round < 2; round++) { // with room in the socket, and without
      threads.forEach(Thread::interrupt);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (threads.stream().anyMatch(Thread::isInterrupted)) { // or they would never wait again
        assertThat(System.nanoTime()).isLessThan(deadline);
        Thread.onSpinWait();
      }
      for (int i = 0; i < 20_000; i++) {
        connection.send(i, refused(i));
      }
    }
    assertThat(connection.isClosed()).isFalse();
  }
}
