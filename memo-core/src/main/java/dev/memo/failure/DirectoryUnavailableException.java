package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** A mutation could not be carried out, or may not have been; the message says which. */
public final class DirectoryUnavailableException extends DirectoryException {
  private static final long serialVersionUID = 1L;

  public DirectoryUnavailableException(String message) {
    this(message, null);
  }

  public DirectoryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
