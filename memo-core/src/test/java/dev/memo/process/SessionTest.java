package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Stored;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the primary does with peers that keep to the protocol, and with those that do not. */
@Timeout(60)
final class SessionTest {
  /** What the peers here call themselves. */
  static final String NAME = "test";

  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final int VARIANT = 1;
  private static final long[] CHAIN = {1};

  /** The peers here say nothing that they are not told to; on a busy machine that may be long. */
  private static final Times PATIENT =
      new Times(
          Openings.SOON.beat(),
          Openings.SOON.silence(),
          Duration.ofMinutes(1),
          Openings.SOON.grace());

  private final Path path;
  private final List<Member> members = new ArrayList<>();
  private OpenDirectory directory;

  SessionTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @BeforeEach
  void open() {
    open(PATIENT);
  }

  private void open(Times times) {
    directory = Openings.open(path, times);
    directory.primary().register(7, "function");
  }

  @AfterEach
  void close() {
    members.forEach(member -> member.connection.close());
    directory.close();
  }

  private Owner owner() {
    try {
      Owner owner = Owner.read(path.resolve("owner"));
      assertThat(owner).isNotNull();
      return owner;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private SocketChannel channel() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Path socket = path.resolve("s").resolve(String.valueOf(owner().socket()));
    assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
    return channel;
  }

  /** A peer that sends whatever a test wants. */
  static final class Member implements Connection.Listener {
    final Connection connection;
    final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
    final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();

    Member(SocketChannel channel) {
      connection = new Connection(channel, "memo test", this);
      connection.start();
    }

    @Override
    public void received(int stream, Message message) {
      if (!(message instanceof Message.Beat)) {
        answers.add(message);
      }
    }

    @Override
    public void ended(@Nullable Throwable why) {
      end.complete(why);
    }

    Message ask(int stream, Message message) {
      connection.send(stream, message);
      return next();
    }

    Message next() {
      try {
        Message answer = answers.poll(30, TimeUnit.SECONDS);
        if (answer == null) {
          throw new AssertionError("nothing came");
        }
        return answer;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void awaitEnd() throws Exception {
      end.get(30, TimeUnit.SECONDS);
    }
  }

  private Member stranger() throws IOException {
    Member member = new Member(channel());
    members.add(member);
    return member;
  }

  private Member member() throws IOException {
    Member member = stranger();
    assertThat(member.ask(0, hello(Wire.VERSION, Wire.VERSION, owner().epoch())))
        .isInstanceOf(Message.Welcome.class);
    return member;
  }

  static Message.Hello hello(int oldest, int newest, long epoch) {
    return new Message.Hello(oldest, newest, epoch, 1, NAME);
  }

  private static Message.AskClaim askClaim() {
    return new Message.AskClaim(KEY, VARIANT, 0, CHAIN);
  }

  private void assertStillServes() throws IOException {
    assertThat(member().ask(1, new Message.Read(KEY, VARIANT))).isNotNull();
    assertThat(Openings.role(directory)).isEqualTo("leads");
  }

  @Test
  @DisplayName("P8: a peer that sends garbage is cut off, and nobody else")
  void garbage() throws Exception {
    Member neighbour = member();
    Random random = new Random(20261121);
    for (int round = 0; round < 50; round++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      SocketChannel channel = channel();
      channel.write(ByteBuffer.wrap(bytes));
      channel.close();
    }
    SocketChannel browser = channel();
    browser.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    awaitCutOff(browser);
    assertThat(neighbour.ask(1, askClaim())).isInstanceOf(Message.Granted.class);
    assertStillServes();
  }

  @Test
  void halfAFrame() throws Exception {
    SocketChannel channel = channel();
    channel.write(ByteBuffer.allocate(7).putInt(100).put((byte) 16).flip());
    channel.close();
    assertStillServes();
  }

  @Test
  @DisplayName("P4: a peer that connects and says nothing is cut off after a lease")
  void silence() throws Exception {
    directory.close();
    open(Openings.SOON);
    SocketChannel mute = channel();
    assertStillServes();
    awaitCutOff(mute);
    assertStillServes();
  }

  /** Returns when the primary has closed its end; else the time of the test ends. */
  private static void awaitCutOff(SocketChannel channel) throws IOException {
    try (channel) {
      ByteBuffer beats = ByteBuffer.allocate(1 << 16);
      int count;
      do {
        count = channel.read(beats.clear());
      } while (count >= 0);
    }
  }

  @Test
  void aRequestBeforeTheIntroductionIsCutOff() throws Exception {
    Member rude = stranger();
    rude.connection.send(1, askClaim());
    rude.awaitEnd();
    assertThat(rude.answers).isEmpty();
    assertStillServes();
  }

  @Test
  void aMemberOfAnotherVersionIsToldWhy() throws Exception {
    Member newer = stranger();
    Message.Failed failed =
        (Message.Failed) newer.ask(0, hello(Wire.VERSION + 1, Wire.VERSION + 2, owner().epoch()));
    assertThat(failed.message())
        .contains("speaks version " + Wire.VERSION)
        .contains((Wire.VERSION + 1) + " to " + (Wire.VERSION + 2));
    newer.awaitEnd();
    Member wide = stranger();
    assertThat(wide.ask(0, hello(0, Wire.VERSION + 2, owner().epoch())))
        .isInstanceOf(Message.Welcome.class);
  }

  @Test
  void aMemberThatMeansAnotherPrimaryIsToldSo() throws Exception {
    Member late = stranger();
    Message.Failed failed =
        (Message.Failed) late.ask(0, hello(Wire.VERSION, Wire.VERSION, owner().epoch() - 1));
    assertThat(failed.message()).contains("primary of epoch " + owner().epoch());
    late.awaitEnd();
  }

  @Test
  @DisplayName("P8: what only a primary says is refused from a member")
  void anAnswerIsNoRequest() throws Exception {
    Member confused = member();
    assertThat(confused.ask(1, new Message.Kept(5))).isInstanceOf(Message.Failed.class);
    assertStillServes();
  }

  @Test
  @DisplayName("P8: a process of another user is refused")
  void anotherUser() throws Exception {
    Path setpriv = Path.of("/usr/bin/setpriv");
    assumeTrue(Files.isExecutable(setpriv), "setpriv is needed to become another user");
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can become another user");
    Path socket = path.resolve("s").resolve(String.valueOf(owner().socket()));
    // what keeps others out before they get here
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    for (Path way = socket; way != null; way = way.getParent()) {
      if (way.startsWith(path.getParent())) {
        Files.setPosixFilePermissions(way, PosixFilePermissions.fromString("rwxrwxrwx"));
      }
    }
    try (ChildJvm other =
        ChildJvm.of(Stranger.class, socket)
            .prefix(setpriv.toString(), "--reuid=65534", "--regid=65534", "--clear-groups")
            .start()) {
      assertThat(other.awaitLine("cut off", "served", "failed")).isEqualTo("cut off");
    }
    try (ChildJvm same = ChildJvm.of(Stranger.class, socket).start()) {
      assertThat(same.awaitLine("cut off", "served", "failed")).isEqualTo("served");
    }
  }

  /** Connects to a socket and says what comes of it; of JDK classes only, which all may read. */
  static final class Stranger {
    private Stranger() {}

    public static void main(String[] arguments) {
      try (SocketChannel channel =
          SocketChannel.open(UnixDomainSocketAddress.of(Path.of(arguments[0])))) {
        boolean beats = channel.read(ByteBuffer.allocate(1)) > 0;
        System.out.println(beats ? "served" : "cut off");
      } catch (IOException e) {
        System.out.println("failed: " + e);
      }
    }
  }

  @Test
  @DisplayName("P1: the claims of a member that ends are handed on, first to who came first")
  void claimsOfAnEndedMember() throws Exception {
    Member holder = member();
    assertThat(holder.ask(1, askClaim())).isInstanceOf(Message.Granted.class);
    Member second = member();
    assertThat(second.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    Answer.Wait third = (Answer.Wait) directory.primary().claim(KEY, VARIANT, 0, Chain.root());
    holder.connection.close();
    Message.Granted granted = (Message.Granted) second.next();
    Answer.Wait longer = (Answer.Wait) third.next().get(30, TimeUnit.SECONDS);
    byte[] entry = {9};
    assertThat(second.ask(2, new Message.Put(KEY, VARIANT, granted.claim(), 0, 0, entry)))
        .isInstanceOf(Message.Kept.class);
    assertThat(longer.next().get(30, TimeUnit.SECONDS)).isInstanceOf(Answer.Hit.class);
  }

  @Test
  @DisplayName("P1: a claim is not handed to a member that ended while it waited")
  void waitsOfAnEndedMember() throws Exception {
    Answer.Granted granted =
        (Answer.Granted) directory.primary().claim(KEY, VARIANT, 0, Chain.root());
    Member first = member();
    assertThat(first.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    Member second = member();
    assertThat(second.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    first.connection.close();
    first.awaitEnd();
    directory.primary().release(KEY, VARIANT, granted.claim());
    Message next = second.next();
    while (next instanceof Message.Wait) {
      next = second.next(); // for the first one, whose end was not seen yet
    }
    assertThat(next).isInstanceOf(Message.Granted.class);
  }

  @Test
  void anAbandonedWaitIsConfirmedAndGrantsNothing() throws Exception {
    Answer.Granted granted =
        (Answer.Granted) directory.primary().claim(KEY, VARIANT, 0, Chain.root());
    Member first = member();
    assertThat(first.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    Member second = member();
    assertThat(second.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    assertThat(first.ask(1, new Message.Abandon())).isInstanceOf(Message.Done.class);
    directory.primary().release(KEY, VARIANT, granted.claim());
    assertThat(second.next()).isInstanceOf(Message.Granted.class);
    assertThat(first.answers).isEmpty();
  }

  @Test
  @DisplayName("P1: a claim that its member gives back goes to who came first; others wait on")
  void aClaimThatIsGivenBack() throws Exception {
    Member holder = member();
    Message.Granted claim = (Message.Granted) holder.ask(1, askClaim());
    Member first = member();
    assertThat(first.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    Member second = member();
    assertThat(second.ask(1, askClaim())).isInstanceOf(Message.Wait.class);
    assertThat(holder.ask(2, new Message.Release(KEY, VARIANT, claim.claim())))
        .isInstanceOf(Message.Done.class);
    Message.Granted next = (Message.Granted) first.next();
    assertThat(next.claim()).isNotEqualTo(claim.claim());
    assertThat(second.next()).isInstanceOf(Message.Wait.class);
    assertThat(directory.primary().claim(KEY, VARIANT, 0, Chain.root()))
        .as("it is held again")
        .isInstanceOf(Answer.Wait.class);
    byte[] entry = {9};
    assertThat(first.ask(2, new Message.Put(KEY, VARIANT, next.claim(), next.start(), 0, entry)))
        .isInstanceOf(Message.Kept.class);
    assertThat(((Message.Hit) second.next()).stored().bytes()).endsWith(entry);
  }

  @Test
  @DisplayName("P8: a member cannot end the claim of another one")
  void theClaimOfAnother() throws Exception {
    Member holder = member();
    Message.Granted granted = (Message.Granted) holder.ask(1, askClaim());
    Member thief = member();
    assertThat(thief.ask(1, new Message.Release(KEY, VARIANT, granted.claim())))
        .isInstanceOf(Message.Done.class);
    assertThat(thief.ask(2, askClaim())).isInstanceOf(Message.Wait.class);
  }

  @Test
  @DisplayName("P4: calls do not wait for a value of 64 MiB that another thread stores or reads")
  void aLargeValueBesideSmallCalls() throws Exception {
    byte[] large = new byte[64 << 20];
    new Random(1).nextBytes(large);
    try (OpenDirectory second = Openings.open(path, Times.DEFAULT)) {
      assertThat(Openings.role(second)).isEqualTo("follows");
      CallKey small = CallKey.of(7, new byte[] {2});
      OpenDirectoryTest.store(second, small, "small");
      Answer.Granted granted =
          (Answer.Granted) second.primary().claim(KEY, VARIANT, 0, Chain.root());
      CompletableFuture<Stored> stored =
          CompletableFuture.supplyAsync(
              () -> {
                second.primary().put(KEY, VARIANT, granted.claim(), large, 0);
                return second.primary().read(KEY, VARIANT);
              });
      int calls = 0;
      while (!stored.isDone()) {
        assertThat(second.primary().read(small, VARIANT)).isNotNull();
        calls++;
      }
      byte[] bytes = stored.get().bytes();
      // element by element, assertions would take seconds
      assertThat(Arrays.equals(bytes, Stored.ENTRY_OFFSET, bytes.length, large, 0, large.length))
          .isTrue();
      assertThat(calls).isGreaterThan(10);
    }
  }
}
