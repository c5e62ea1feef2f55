package dev.memo.history;

/**
 * Something that happens to a register, or can be seen of it, at one moment of its time.
 *
 * @param value what is written, inserted or read; no two steps write or insert the same
 * @param earliest the first moment at which it may happen
 * @param latest the last; {@link Operation#NEVER} if there is none
 * @param since a write or clear that cannot have happened before this moment must not happen before
 *     the step: it would have outdated it. {@link Operation#NEVER} if nothing outdates it
 * @param optional whether it may also never happen
 */
record Step(Type type, long value, long earliest, long latest, long since, boolean optional) {

  /** What happens. */
  enum Type {
    /** The register is empty, and from now on holds the value. */
    INSERT,
    /** From now on it holds the value, whatever it was. */
    WRITE,
    /** From now on it is empty. */
    CLEAR,
    /** It holds the value. */
    READ
  }

  static Step insert(long value, long earliest, long latest, long since) {
    return new Step(Type.INSERT, value, earliest, latest, since, false);
  }

  static Step write(long value, long earliest, long latest, long since) {
    return new Step(Type.WRITE, value, earliest, latest, since, false);
  }

  static Step clear(long earliest, long latest, boolean optional) {
    return new Step(Type.CLEAR, Operation.NOTHING, earliest, latest, Operation.NEVER, optional);
  }

  static Step read(long value, long earliest, long latest) {
    return new Step(Type.READ, value, earliest, latest, Operation.NEVER, false);
  }

  boolean isEndless() {
    return latest == Operation.NEVER;
  }
}
