package dev.memo.process;

import dev.memo.failure.StoreException;
import dev.memo.process.wire.Message;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What this process counted since it opened the directory, and what of it a primary was told.
 *
 * <p>Reports are numbered and sent again, as they were, until they are answered. The primary
 * remembers the last number of each process, in the database too, so that it counts none twice
 * whatever happens to the connection, and to itself. Thread-safe.
 */
final class OwnCounters {
  private final Supplier<Map<String, Long>> directory;
  private volatile Supplier<Map<Long, Map<String, Long>>> functions = Map::of;

  private final ReentrantLock lock = new ReentrantLock(); // also held while a report is answered
  private final Queue<Message.Counts> unanswered = new ArrayDeque<>(); // guarded by the lock
  private final Map<Long, Map<String, Long>> reported = new HashMap<>(); // guarded by the lock
  private final Map<String, Long> reportedOfAll = new HashMap<>(); // guarded by the lock
  private long lastNumber; // guarded by the lock

  /**
   * @param directory what was counted of the directory so far; never less than before
   */
  OwnCounters(Supplier<Map<String, Long>> directory) {
    this.directory = directory;
  }

  /**
   * @param counted what was counted so far of each function, by its id; never less than before
   */
  void countWith(Supplier<Map<Long, Map<String, Long>>> counted) {
    functions = counted;
  }

  /**
   * Tells whatever was not told before.
   *
   * @param to returns when the primary has taken a report
   * @throws LostPrimaryException if the connection ends; the next primary is told
   * @throws StoreException if the primary cannot take it now; it is told again
   */
  void tell(Consumer<Message.Counts> to) {
    lock.lock();
    try {
      if (unanswered.isEmpty()) {
        collect();
      }
      for (Message.Counts next = unanswered.peek(); next != null; next = unanswered.peek()) {
        to.accept(next);
        unanswered.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private void collect() {
    Map<String, Long> all = since(reportedOfAll, directory.get());
    Map<Long, Map<String, Long>> more = new TreeMap<>();
    functions
        .get()
        .forEach(
            (id, counts) -> {
              Map<String, Long> added =
                  since(reported.computeIfAbsent(id, first -> new HashMap<>()), counts);
              if (!added.isEmpty()) {
                more.put(id, added);
              }
              if (more.size() == Message.Counts.FUNCTIONS_AT_ONCE) {
                unanswered.add(new Message.Counts(++lastNumber, Map.of(), Map.copyOf(more)));
                more.clear();
              }
            });
    if (!all.isEmpty() || !more.isEmpty()) {
      unanswered.add(new Message.Counts(++lastNumber, all, more));
    }
  }

  /** What was added since it was reported; counts as reported from now on. */
  private static Map<String, Long> since(Map<String, Long> reported, Map<String, Long> counts) {
    Map<String, Long> added = new TreeMap<>();
    counts.forEach(
        (name, count) -> {
          Long before = reported.put(name, count);
          long more = count - (before == null ? 0 : before);
          if (more > 0) {
            added.put(name, more);
          }
        });
    return added;
  }
}
