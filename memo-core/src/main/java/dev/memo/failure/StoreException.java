package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** The database refused an operation. */
public final class StoreException extends MemoException {
  private static final long serialVersionUID = 1L;

  /** Why it refused, as far as a caller can act on it. */
  public enum Reason {
    /** Another process, or another part of this one, has the database open. */
    LOCKED,
    /** No space is left, or a size limit is reached; storing resumes when there is space. */
    NO_SPACE,
    /** Bytes on disk are damaged. */
    CORRUPT,
    /** A passing state; the same operation may succeed later. */
    TRY_AGAIN,
    /** Anything else, input/output errors included. */
    OTHER
  }

  private final Reason reason;

  public StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
