package dev.memo.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two processes of which one answers what the other sends, without a look at it: what a question to
 * another process costs at least, whatever is asked.
 */
final class SocketEcho implements AutoCloseable {
  /** Of an answer, and of a question that has no value; about as many as a claim has. */
  static final int BYTES = 64;

  private static final String SERVER = "server";

  private final Child server;
  private final Child client;

  private SocketEcho(Child server, Child client) {
    this.server = server;
    this.client = client;
  }

  /**
   * @param bytes of each question
   */
  static SocketEcho start(Path folder, int bytes) {
    Path socket = folder.resolve("echo-" + System.nanoTime());
    Child server = Child.start(SocketEcho.class, List.of(), SERVER, socket, bytes);
    return new SocketEcho(
        server, Child.start(SocketEcho.class, List.of(), "client", socket, bytes));
  }

  /** The nanoseconds of a round trip, of each of so many threads with a connection of its own. */
  double nanos(int threads, int millis) {
    return client.askNumber(threads + " " + millis);
  }

  /** Takes which of the two it is, the path of the socket, and the size of questions. */
  public static void main(String[] args) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(args[1]);
    int bytes = Integer.parseInt(args[2]);
    if (args[0].equals(SERVER)) {
      try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listening.bind(address);
        inBackground(() -> serve(listening, bytes));
        Child.serve(words -> "");
      }
    } else {
      try (Meter meter = new Meter()) {
        Child.serve(
            words ->
                ask(address, bytes, meter, Integer.parseInt(words[0]), Integer.parseInt(words[1])));
      }
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void inBackground(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (ClosedChannelException | EOFException end) {
                return; // the other side has ended
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void serve(ServerSocketChannel listening, int bytes) throws IOException {
    while (true) {
      SocketChannel connection = listening.accept();
      inBackground(() -> answer(connection, bytes));
    }
  }

  private static void answer(SocketChannel connection, int bytes) throws IOException {
    try (connection) {
      ByteBuffer question = ByteBuffer.allocateDirect(bytes);
      ByteBuffer answer = ByteBuffer.allocateDirect(BYTES);
      while (true) {
        read(connection, question);
        write(connection, answer);
      }
    }
  }

  private static String ask(
      UnixDomainSocketAddress address, int bytes, Meter meter, int threads, int millis)
      throws Exception {
    List<SocketChannel> connections = new ArrayList<>();
    List<ByteBuffer> questions = new ArrayList<>();
    List<ByteBuffer> answers = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        connections.add(SocketChannel.open(address));
        questions.add(ByteBuffer.allocateDirect(bytes));
        answers.add(ByteBuffer.allocateDirect(BYTES));
      }
      Meter.Measured measured =
          meter.measure(
              threads,
              millis,
              (thread, i) -> {
                write(connections.get(thread), questions.get(thread));
                read(connections.get(thread), answers.get(thread));
              });
      return "" + measured.nanosPerCall();
    } finally {
      for (SocketChannel connection : connections) {
        connection.close();
      }
    }
  }

  private static void write(SocketChannel to, ByteBuffer message) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      int unused = to.write(message);
    }
  }

  private static void read(SocketChannel from, ByteBuffer message) throws IOException {
    message.clear();
    while (message.hasRemaining()) {
      if (from.read(message) < 0) {
        throw new EOFException();
      }
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
