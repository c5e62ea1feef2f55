package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A Redis server of its own on loopback, which appends all writes to a file, and a pool of
 * connections to it.
 */
final class RedisStore implements KeyValueStore {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SERVER = "redis-server";

  private final Process server;

  /** For a process that ends without closing this. */
  private final Thread serverEnd;

  private final RedisClient client;

  RedisStore(Path folder) {
    int port;
    try {
      port = freePort();
      server =
          new ProcessBuilder(
                  SERVER,
                  "--port",
                  Integer.toString(port),
                  "--bind",
                  "127.0.0.1",
                  "--dir",
                  folder.toString(),
                  "--save",
                  "",
                  "--appendonly",
                  "yes")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    serverEnd = new Thread(server::destroy);
    Runtime.getRuntime().addShutdownHook(serverEnd);
    client = RedisClient.create("127.0.0.1", port);
    try {
      awaitServer();
    } catch (JedisException e) {
      close();
      throw e;
    }
  }

  /** Whether there is a server to be started. */
  static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, SERVER)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private void awaitServer() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        client.ping();
        return;
      } catch (JedisException notYet) {
        if (!server.isAlive() || System.nanoTime() > deadline) {
          throw notYet;
        }
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public void put(Key key, String value) {
    client.set(key.bytes(), value.getBytes(UTF_8));
  }

  @Override
  public @Nullable String get(Key key) {
    byte[] value = client.get(key.bytes());
    return value == null ? null : new String(value, UTF_8);
  }

  @Override
  public ProcessHandle holder() {
    return server.toHandle();
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
    try {
      if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        server.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.destroyForcibly();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(serverEnd);
    } catch (IllegalStateException e) {
      return; // this process ends, and the hook does what was done here
    }
  }
}
