package dev.memo.process;

import dev.memo.failure.FunctionClashException;
import dev.memo.store.SecondaryStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a process that only reads, and those in the database that it reads: results of
 * one must never be taken for those of another that has the same id. Thread-safe.
 */
final class Identities {
  private final Map<Long, String> here = new ConcurrentHashMap<>();
  private volatile Map<Long, String> stored = Map.of();

  /**
   * Makes a function of this process known.
   *
   * @throws FunctionClashException if another one has its id, as far as is known by now
   */
  void register(long functionId, String identity) {
    String known = here.putIfAbsent(functionId, identity);
    if (known != null) {
      requireSame(functionId, known, identity);
    }
    requireSame(functionId, stored.get(functionId), identity); // after it was made known here
  }

  /**
   * The generations in a database that was just opened.
   *
   * @throws FunctionClashException if a function there has the id of another one here
   */
  Map<Long, Long> generations(SecondaryStore store) {
    stored = Meta.identities(store);
    here.forEach((id, identity) -> requireSame(id, stored.get(id), identity));
    return Meta.generations(store);
  }

  private static void requireSame(long functionId, @Nullable String known, String identity) {
    if (known != null && !known.equals(identity)) {
      throw Functions.clash(functionId, known, identity);
    }
  }
}
