package dev.memo.failure;

/** The directory, or the {@code Memo} that a handle came from, was closed before this use. */
public final class DirectoryClosedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public DirectoryClosedException(String message) {
    super(message);
  }
}
