package dev.memo.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new directory and its processes; the first is primary. Removes the directory when closed. */
final class Workers implements AutoCloseable {
  private final Path directory;
  private final List<Peer> peers = new ArrayList<>();

  private Workers(Path directory) {
    this.directory = directory;
  }

  static Workers start(int count) {
    try {
      Workers workers = new Workers(Files.createTempDirectory("memo-benchmark-"));
      for (int i = 0; i < count; i++) {
        workers.peers.add(new Peer(workers.directory.resolve("d"), i));
      }
      return workers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Peer primary() {
    return peers.get(0);
  }

  Peer secondary() {
    return peers.get(1);
  }

  /** Asks the first {@code count} of them for the same at once; answers when all have. */
  List<String> ask(int count, String question) {
    for (Peer peer : peers.subList(0, count)) {
      peer.say(question);
    }
    return peers.subList(0, count).stream().map(Peer::hear).toList();
  }

  @Override
  public void close() {
    for (int i = peers.size() - 1; i >= 0; i--) {
      peers.get(i).end();
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A {@link Worker}. */
  static final class Peer {
    private final Process process;
    private final PrintWriter to;
    private final BufferedReader from;

    private Peer(Path directory, int number) throws IOException {
      this.process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Worker.class.getName(),
                  directory.toString(),
                  Integer.toString(number))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      this.to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
      this.from = process.inputReader(StandardCharsets.UTF_8);
      String unused = hear();
    }

    long pid() {
      return process.pid();
    }

    String ask(String question) {
      say(question);
      return hear();
    }

    private void say(String question) {
      to.println(question);
    }

    private String hear() {
      try {
        String answer = from.readLine();
        if (answer == null) {
          throw new IllegalStateException("a worker ended; see what it wrote above");
        }
        return answer;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void end() {
      to.close();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }
}
