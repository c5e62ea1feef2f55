package dev.memo.history;

import org.jspecify.annotations.Nullable;

/**
 * One operation on one key, as its own thread saw it. Times are those of the machine's monotonic
 * clock.
 *
 * @param id names the operation, and the value that it computes or puts
 * @param bodyBegin when the function began to run in this operation; {@link #NEVER} if it did not
 * @param bodyEnd when it had run
 * @param answer what came of handing the value to the primary
 * @param answered when that was known; {@link #NEVER} if it never was
 * @param value what was returned; {@link #NOTHING} if nothing was
 * @param source where a call found what it did not compute
 * @param end {@link #NEVER} if its process was killed before
 */
record Operation(
    long id,
    Kind kind,
    int key,
    long begin,
    long bodyBegin,
    long bodyEnd,
    Answer answer,
    long answered,
    long value,
    @Nullable Source source,
    boolean threw,
    long end) {

  static final long NEVER = Long.MAX_VALUE;
  static final long NOTHING = 0;

  private static final int PROCESS_SHIFT = 40;
  private static final int THREAD_SHIFT = 32;

  /** What was done. */
  enum Kind {
    CALL,
    PUT,
    REFRESH,
    INVALIDATE,
    INVALIDATE_ALL
  }

  /** What became of a value. */
  enum Answer {
    /** Nobody said. */
    NONE,
    /** It is stored. */
    KEPT,
    /** Another value was stored first. */
    LOST,
    /** Something happened to the key meanwhile. */
    OUTDATED,
    /** It is stored later. */
    SPOOLED,
    /** The database did not take it. */
    REFUSED
  }

  /** Where a value was found. */
  enum Source {
    /** On the heap of the process. */
    HEAP,
    /** In a computation of the same call under way in the process. */
    FLIGHT,
    /** In the database, by the process itself. */
    HERE,
    /** In the database, by the primary. */
    PRIMARY
  }

  static long id(int process, int thread, int number) {
    return (long) process << PROCESS_SHIFT | (long) thread << THREAD_SHIFT | number;
  }

  int process() {
    return (int) (id >>> PROCESS_SHIFT);
  }

  boolean hasRun() {
    return bodyEnd != NEVER;
  }

  boolean hasReturned() {
    return end != NEVER && !threw;
  }

  boolean isOn(int other) {
    return key == other || kind == Kind.INVALIDATE_ALL;
  }

  static String name(long id) {
    return id == NOTHING
        ? "nothing"
        : (id >>> PROCESS_SHIFT) + "." + (id >>> THREAD_SHIFT & 0xFF) + "." + (id & 0xFFFF_FFFFL);
  }

  @Override
  public String toString() {
    String text = name(id) + " " + kind + " " + key + " [" + begin + ", " + shown(end) + "]";
    if (bodyBegin != NEVER) {
      text += " ran [" + bodyBegin + ", " + shown(bodyEnd) + "]";
    }
    if (answer != Answer.NONE) {
      text += " " + answer + " at " + shown(answered);
    }
    if (value != NOTHING) {
      text += " returned " + name(value) + (source == null ? "" : " from " + source);
    }
    return threw ? text + " threw" : text;
  }

  private static String shown(long time) {
    return time == NEVER ? "never" : Long.toString(time);
  }
}
