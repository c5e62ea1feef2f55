package dev.memo.failure;

import org.jspecify.annotations.Nullable;

/** A directory could not be opened or used; the message names it and the remedy. */
public class DirectoryException extends MemoException {
  private static final long serialVersionUID = 1L;

  public DirectoryException(String message) {
    this(message, null);
  }

  public DirectoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
