package dev.memo;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A redirection of the wrappers of one directory, undone by {@link #close}. Thread-safe. */
public final class Binding implements AutoCloseable {
  private final AtomicReference<@Nullable Runnable> undo;

  Binding(Runnable undo) {
    this.undo = new AtomicReference<>(undo);
  }

  /** Undoes the redirection; again: does nothing. */
  @Override
  public void close() {
    Runnable once = undo.getAndSet(null);
    if (once != null) {
      once.run();
    }
  }
}
