package dev.memo.process;

import dev.memo.failure.DirectoryException;
import dev.memo.process.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The connection to the primary has ended before it answered; it may have done what was asked. */
final class LostPrimaryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LostPrimaryException(@Nullable Throwable cause) {
    super("the primary did not answer", cause, false, false);
  }

  /** Whether the primary is there, and what it sent made no sense: the next time it may not. */
  boolean isMisunderstanding() {
    return getCause() instanceof WireException || getCause() instanceof DirectoryException;
  }
}
