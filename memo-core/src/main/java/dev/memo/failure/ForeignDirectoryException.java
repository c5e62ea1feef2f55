package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** The path holds something that memo did not write; nothing in it was changed. */
public final class ForeignDirectoryException extends DirectoryException {
  private static final long serialVersionUID = 1L;

  public ForeignDirectoryException(String message) {
    this(message, null);
  }

  public ForeignDirectoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
