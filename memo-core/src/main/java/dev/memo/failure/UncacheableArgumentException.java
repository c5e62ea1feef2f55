package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/**
 * An argument has no canonical encoding; the message gives the path to it. Nothing was computed.
 */
public final class UncacheableArgumentException extends MemoException {
  private static final long serialVersionUID = 1L;

  public UncacheableArgumentException(String message) {
    this(message, null);
  }

  public UncacheableArgumentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
