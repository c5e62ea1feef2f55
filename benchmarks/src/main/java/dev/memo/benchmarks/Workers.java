package dev.memo.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A new directory and its processes, each a {@link Worker}; the first is primary. Removes the
 * directory when closed.
 */
final class Workers implements AutoCloseable {
  private final TemporaryFolder folder = TemporaryFolder.make();
  private final List<Peer> peers = new ArrayList<>();

  private Workers() {}

  static Workers start(int count) {
    Workers workers = new Workers();
    for (int i = 0; i < count; i++) {
      workers.peers.add(Peer.start(Worker.class, List.of(), workers.folder.path().resolve("d"), i));
    }
    return workers;
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
      peers.get(i).close();
    }
    folder.close();
  }
}
