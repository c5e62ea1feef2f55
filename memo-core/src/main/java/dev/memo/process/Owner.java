package dev.memo.process;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a directory, as its file {@code owner} tells other processes: a first line with magic
 * and version, then {@code key=value} lines, of which a reader ignores those it does not know.
 *
 * @param epoch counts the owners of the directory
 * @param started when the process was started
 * @param socket the name of its socket, null until it serves
 * @param directoryId of the database, null until it is open
 */
record Owner(
    long epoch,
    long pid,
    String host,
    Instant started,
    @Nullable String socket,
    @Nullable UUID directoryId) {
  private static final String FIRST_LINE = "memo owner 1";
  private static final int MAX_BYTES = 4096;

  static Owner thisProcess(long epoch, @Nullable String socket, @Nullable UUID directoryId) {
    ProcessHandle self = ProcessHandle.current();
    Instant started = self.info().startInstant().orElseGet(Instant::now);
    return new Owner(epoch, self.pid(), hostName(), started, socket, directoryId);
  }

  /** What the file says; null if it is missing or says nothing of use. */
  static @Nullable Owner read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
      return null;
    }
    String[] lines = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1);
    if (!lines[0].equals(FIRST_LINE)) {
      return null;
    }
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    try {
      String directory = values.get("directory");
      return new Owner(
          Long.parseLong(values.getOrDefault("epoch", "")),
          Long.parseLong(values.getOrDefault("pid", "")),
          values.getOrDefault("host", "unknown"),
          Instant.parse(values.getOrDefault("started", "")),
          values.get("socket"),
          directory == null ? null : UUID.fromString(directory));
    } catch (IllegalArgumentException | DateTimeException e) {
      return null; // the file only informs; the lock decides
    }
  }

  /** Replaces the file in one step. Only who holds the owner lock may. */
  void write(Path file) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    String content =
        FIRST_LINE
            + "\nepoch="
            + epoch
            + "\npid="
            + pid
            + "\nhost="
            + host
            + "\nstarted="
            + started
            + (directoryId == null ? "" : "\ndirectory=" + directoryId)
            + (socket == null ? "" : "\nsocket=" + socket)
            + "\n";
    Files.writeString(unfinished, content);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public String toString() {
    return "process " + pid + " on host " + host + ", started " + started;
  }

  private static String hostName() {
    Path linux = Path.of("/proc/sys/kernel/hostname");
    try {
      // asked first, because a look-up of our own name may wait for a network
      String name =
          Files.isReadable(linux)
              ? Files.readString(linux)
              : InetAddress.getLocalHost().getHostName();
      return name.strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
