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
 * Two processes of which one sends back what the other sends: what a question to another process
 * costs, whatever is asked.
 */
final class SocketEcho implements AutoCloseable {
  private static final int BYTES = 64; // about as many as a claim has
  private static final String SERVER = "server";

  private final Child server;
  private final Child client;

  private SocketEcho(Child server, Child client) {
    this.server = server;
    this.client = client;
  }

  static SocketEcho start(Path folder) {
    Path socket = folder.resolve("echo-" + System.nanoTime());
    Child server = Child.start(SocketEcho.class, List.of(), SERVER, socket);
    return new SocketEcho(server, Child.start(SocketEcho.class, List.of(), "client", socket));
  }

  /** The nanoseconds of a round trip, of each of so many threads with a connection of its own. */
  double nanos(int threads, int millis) {
    return client.askNumber(threads + " " + millis);
  }

  /** Takes which of the two it is, and the path of the socket. */
  public static void main(String[] args) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(args[1]);
    if (args[0].equals(SERVER)) {
      try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listening.bind(address);
        inBackground(() -> serve(listening));
        Child.serve(words -> "");
      }
    } else {
      try (Meter meter = new Meter()) {
        Child.serve(
            words -> ask(address, meter, Integer.parseInt(words[0]), Integer.parseInt(words[1])));
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

  private static void serve(ServerSocketChannel listening) throws IOException {
    while (true) {
      SocketChannel connection = listening.accept();
      inBackground(() -> echo(connection));
    }
  }

  private static void echo(SocketChannel connection) throws IOException {
    try (connection) {
      ByteBuffer message = ByteBuffer.allocateDirect(BYTES);
      while (true) {
        read(connection, message);
        write(connection, message);
      }
    }
  }

  private static String ask(UnixDomainSocketAddress address, Meter meter, int threads, int millis)
      throws Exception {
    List<SocketChannel> connections = new ArrayList<>();
    List<ByteBuffer> messages = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        connections.add(SocketChannel.open(address));
        messages.add(ByteBuffer.allocateDirect(BYTES));
      }
      Meter.Measured measured =
          meter.measure(
              threads,
              millis,
              (thread, i) -> {
                ByteBuffer message = messages.get(thread);
                message.clear();
                write(connections.get(thread), message);
                read(connections.get(thread), message);
              });
      return "" + measured.nanosPerCall();
    } finally {
      for (SocketChannel connection : connections) {
        connection.close();
      }
    }
  }

  private static void write(SocketChannel to, ByteBuffer message) throws IOException {
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
    message.flip();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
