package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** The directory was written by a newer memo; nothing in it was changed. */
public final class NewerLayoutException extends DirectoryException {
  private static final long serialVersionUID = 1L;

  public NewerLayoutException(String message) {
    this(message, null);
  }

  public NewerLayoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
