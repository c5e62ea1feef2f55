package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/**
 * The directory was written by an older memo that this one cannot read; nothing in it was changed.
 */
public final class OlderLayoutException extends DirectoryException {
  private static final long serialVersionUID = 1L;

  public OlderLayoutException(String message) {
    this(message, null);
  }

  public OlderLayoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
