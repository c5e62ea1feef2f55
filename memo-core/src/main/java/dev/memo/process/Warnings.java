package dev.memo.process;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a directory, each thing once until all is well again. Thread-safe. */
final class Warnings {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  private static final int MOST = 100;

  private final Set<String> said = ConcurrentHashMap.newKeySet();

  void warn(String what, @Nullable Throwable cause) {
    if (said.size() < MOST && said.add(what)) {
      LOG.log(Level.WARNING, what, cause);
    }
  }

  /** All is well again: whatever is wrong next is news. */
  void clear() {
    said.clear();
  }
}
