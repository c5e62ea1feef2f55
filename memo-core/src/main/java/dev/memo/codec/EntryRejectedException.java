package dev.memo.codec;

/** An entry cannot be used; a miss, with its reason. Has no stack trace. */
public final class EntryRejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why an entry was rejected. */
  public enum Reason {
    /** Written in an unknown format. */
    FORMAT,
    /** Damaged: its checksum or its lengths do not hold. */
    DAMAGED,
    /** Stored under a digest that other arguments share. */
    COLLISION,
    /** A class of the value has changed; another program may still be able to read it. */
    SHAPES,
    /** The codec failed on it. */
    UNDECODABLE,
    /** The codec failed on it here and now: the stack was too small, or the thread interrupted. */
    UNREADABLE
  }

  private final Reason reason;

  public EntryRejectedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
