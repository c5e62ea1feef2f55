package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** Two different functions claim one identity in a directory. */
public final class FunctionClashException extends MemoException {
  private static final long serialVersionUID = 1L;

  public FunctionClashException(String message) {
    this(message, null);
  }

  public FunctionClashException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
