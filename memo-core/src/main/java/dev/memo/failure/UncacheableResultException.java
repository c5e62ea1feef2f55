package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** A value cannot be stored; the message gives the path to the offending part. */
public final class UncacheableResultException extends MemoException {
  private static final long serialVersionUID = 1L;

  public UncacheableResultException(String message) {
    this(message, null);
  }

  public UncacheableResultException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
