package dev.memo.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * A new directory and its processes, each a {@link Worker}; the first is primary. Removes the
 * directory when closed.
 */
final class Workers implements AutoCloseable {
  private final TemporaryFolder folder = TemporaryFolder.make();
  private final List<Child> children = new ArrayList<>();

  private Workers() {}

  static Workers start(int count) {
    Workers workers = new Workers();
    for (int i = 0; i < count; i++) {
      workers.children.add(
          Child.start(Worker.class, List.of(), workers.folder.path().resolve("d"), i));
    }
    return workers;
  }

  Child primary() {
    return children.get(0);
  }

  Child secondary() {
    return children.get(1);
  }

  /** Asks the first {@code count} of them for the same at once; answers when all have. */
  List<String> ask(int count, String question) {
    for (Child child : children.subList(0, count)) {
      child.say(question);
    }
    return children.subList(0, count).stream().map(Child::hear).toList();
  }

  @Override
  public void close() {
    for (int i = children.size() - 1; i >= 0; i--) {
      children.get(i).close();
    }
    folder.close();
  }
}
