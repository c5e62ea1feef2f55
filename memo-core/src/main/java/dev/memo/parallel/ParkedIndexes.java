package dev.memo.parallel;

import dev.memo.call.Parked;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Indexes of a batch that wait for what others compute, and are to be run again when that is over.
 * They are open work of the batch until then. Thread-safe.
 */
final class ParkedIndexes {

  /** An index that is to be run again. */
  record Waiting(int index, Parked call) {}

  private final OpenWork open;
  private final StopSignal stop;
  private final Failures failures;
  private final Runnable start;
  private final Consumer<Throwable> breakOff;

  /** Those whose waits are not over. */
  private final Set<Waiting> parked = ConcurrentHashMap.newKeySet();

  /** Those whose waits are over, to be run next. */
  private final Queue<Waiting> resumed = new ConcurrentLinkedQueue<>();

  /**
   * @param start has what was resumed run
   * @param breakOff is told if that cannot be
   */
  ParkedIndexes(
      OpenWork open,
      StopSignal stop,
      Failures failures,
      Runnable start,
      Consumer<Throwable> breakOff) {
    this.open = open;
    this.stop = stop;
    this.failures = failures;
    this.start = start;
    this.breakOff = breakOff;
  }

  /** How many wait. */
  int count() {
    return parked.size();
  }

  boolean hasResumed() {
    return !resumed.isEmpty();
  }

  /** Takes the next one that is to be run; null if there is none. */
  @Nullable Waiting takeResumed() {
    return resumed.poll();
  }

  /** Puts an index aside, until its wait is over. By a drain, which is open work itself. */
  void park(Waiting waiting) {
    open.begin();
    boolean known = false;
    try {
      parked.add(waiting);
      known = true;
    } finally {
      if (!known) {
        open.end();
      }
    }
    waiting.call.whenOver(() -> resume(waiting));
    dropIfStopped();
  }

  /** On any thread. */
  private void resume(Waiting waiting) {
    if (!parked.remove(waiting)) {
      return; // it was dropped
    }
    try {
      resumed.add(waiting);
      start.run();
    } catch (Throwable noThread) {
      breakOff.accept(noThread);
    } finally {
      dropIfStopped();
      open.end(); // last: a drain that was started is counted by now
    }
  }

  private void dropIfStopped() {
    if (stop.isStopped()) {
      drop();
    }
  }

  /** Nothing more is to be run. Whoever parks or resumes something after the stop looks again. */
  void drop() {
    for (Waiting waiting : List.copyOf(parked)) {
      if (parked.remove(waiting)) {
        drop(waiting);
        open.end();
      }
    }
    for (Waiting next = resumed.poll(); next != null; next = resumed.poll()) {
      drop(next);
    }
  }

  private void drop(Waiting waiting) {
    try {
      waiting.call.drop();
    } catch (Throwable thrown) {
      failures.add(thrown, waiting.index);
    }
  }
}
