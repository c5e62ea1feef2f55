package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.Epochs;
import dev.memo.process.wire.Connection;
import dev.memo.process.wire.Message;
import dev.memo.process.wire.Wire;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A primary that answers nothing but the introduction by itself; a test says what else it does. */
final class PlayedPrimary implements Connection.Listener, AutoCloseable {
  private static final long EPOCH = 1;

  /** What it was asked. */
  record Question(int stream, Message message) {}

  final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();
  final RemotePrimary remote;
  private final UUID id;
  private final Connection connection;

  /**
   * @param socket does not exist
   * @param epochs of the process that asks
   */
  PlayedPrimary(Path socket, UUID id, Epochs epochs) throws IOException {
    this(socket, id, epochs, LostPrimaryException::new);
  }

  /** As above; who asks it is told so when it has ended. */
  PlayedPrimary(Path socket, UUID id, Epochs epochs, RemotePrimary.Losses losses)
      throws IOException {
    this.id = id;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      SocketAddresses.use(socket, server::bind);
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      assertThat(SocketAddresses.<Boolean>use(socket, channel::connect)).isTrue();
      connection = new Connection(server.accept(), "memo test", this);
      connection.start();
      remote = RemotePrimary.introduce(channel, "member", EPOCH, epochs, watched -> {}, losses);
    }
  }

  @Override
  public void received(int stream, Message message) {
    if (message instanceof Message.Hello) {
      answer(
          new Question(stream, message),
          new Message.Welcome(
              Wire.VERSION, id.getMostSignificantBits(), id.getLeastSignificantBits(), EPOCH));
    } else {
      questions.add(new Question(stream, message));
    }
  }

  @Override
  public void ended(@Nullable Throwable why) {}

  /** The next thing that it was asked. */
  Question next() throws InterruptedException {
    Question next = questions.poll(60, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing was asked");
    }
    return next;
  }

  void answer(Question question, Message answer) {
    connection.send(question.stream, answer);
  }

  /** Ends it when what it has answered is on its way. */
  void endAfterAnswers() {
    connection.sendLast(0, new Message.Beat(0));
  }

  /** Ends it as a process that is killed ends. */
  @Override
  public void close() {
    connection.close();
    remote.close();
  }
}
