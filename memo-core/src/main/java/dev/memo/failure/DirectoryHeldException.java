package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** Another process holds the directory; the message names its pid, host and start time. */
public final class DirectoryHeldException extends DirectoryException {
  private static final long serialVersionUID = 1L;

  public DirectoryHeldException(String message) {
    this(message, null);
  }

  public DirectoryHeldException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
