package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** What all failures of memo itself have in common; a function's own exceptions never are one. */
public abstract class MemoException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MemoException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
