package dev.memo.process;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The address of a socket file, however long its path is. An address holds about 100 bytes; where
 * the path has more, a short link to its folder stands in for it while the socket is bound or
 * connected.
 */
final class SocketAddresses {
  private static final int MAX_BYTES = 100;

  private SocketAddresses() {}

  /** What is done with an address. */
  @FunctionalInterface
  interface Use<T> {
    T with(UnixDomainSocketAddress address) throws IOException;
  }

  static <T> T use(Path socket, Use<T> use) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES) {
      return use.with(UnixDomainSocketAddress.of(socket));
    }
    Path folder = Files.createTempDirectory("memo");
    Path link = folder.resolve("s");
    try {
      Files.createSymbolicLink(link, socket.getParent());
      return use.with(UnixDomainSocketAddress.of(link.resolve(socket.getFileName())));
    } finally {
      Files.deleteIfExists(link);
      Files.deleteIfExists(folder);
    }
  }
}
