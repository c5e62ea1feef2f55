package dev.memo.process;

import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The role that this process has at the moment, if it has one, and how long calls wait for one:
 * from the moment at which the last one ended as long as a primary may be silent, and not at all
 * after that. Thread-safe.
 */
final class CurrentRole {
  /** More than one, because the first may have been about what another call was answered. */
  private static final int MISUNDERSTANDINGS = 3;

  private final Path directory;
  private final long patienceNanos;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable Role role; // written under the lock
  private volatile @Nullable UUID directoryId; // the last one known; written under the lock
  private long alone = System.nanoTime(); // since when there is no role; guarded by the lock
  private volatile boolean closed; // written under the lock

  /**
   * @param directory for messages
   * @param patience how long a call waits for a primary
   */
  CurrentRole(Path directory, Duration patience) {
    this.directory = directory;
    this.patienceNanos = patience.toNanos();
  }

  /** The role; null if there is none at the moment. */
  @Nullable Role get() {
    return role;
  }

  void assume(Role next) {
    underLock(
        () -> {
          role = next;
          directoryId = next.directoryId();
        });
  }

  /** The role has ended; does nothing if it is not the current one. */
  void leave(Role former) {
    underLock(
        () -> {
          if (role == former) {
            role = null;
            alone = System.nanoTime();
          }
        });
  }

  /** The primary is silent: until there is another one, calls do not wait for it either. */
  void detach() {
    underLock(
        () -> {
          role = null;
          alone = System.nanoTime() - patienceNanos;
        });
  }

  /** Begins to count the time without a role anew: this process itself was paused. */
  void restartSilence() {
    underLock(() -> alone = System.nanoTime());
  }

  /** Ends what waits for a role; later uses fail. */
  void close() {
    underLock(
        () -> {
          closed = true;
          role = null;
        });
  }

  /** The id of the directory, as far as it was ever heard of. */
  @Nullable UUID directoryId() {
    return directoryId;
  }

  /** The directory is this one, though nobody who could take results has answered yet. */
  void know(UUID id) {
    underLock(() -> directoryId = id);
  }

  private void underLock(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** As below; a primary that is not understood is as good as none. */
  <T extends @Nullable Object> T ask(Function<Role, T> question, Supplier<T> alone) {
    return ask(question, alone, why -> alone.get());
  }

  /**
   * Asks the primary, and the next one if that ends before it has answered.
   *
   * @param alone what is done if there is none, after waiting for one if that makes sense
   * @param misunderstood what is done if one after the other, or the same one again, sends what
   *     makes no sense: asked for ever, it would tear the connection of all other calls, too
   * @throws DirectoryClosedException after the close
   */
  <T extends @Nullable Object> T ask(
      Function<Role, T> question,
      Supplier<T> alone,
      Function<LostPrimaryException, T> misunderstood) {
    int misunderstandings = 0;
    while (true) {
      Role current = await();
      if (current == null) {
        return alone.get();
      }
      try {
        return question.apply(current);
      } catch (LostPrimaryException e) {
        leave(current);
        requireOpen();
        if (e.isMisunderstanding() && ++misunderstandings == MISUNDERSTANDINGS) {
          return misunderstood.apply(e);
        }
      } catch (DirectoryClosedException e) {
        leave(current);
        requireOpen();
      }
    }
  }

  private @Nullable Role await() {
    Role current = role;
    if (current != null) {
      return current;
    }
    boolean interrupted = false;
    lock.lock();
    try {
      while (role == null) {
        requireOpen();
        long left = alone + patienceNanos - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        try {
          boolean unused = changed.await(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true; // a takeover is short, and the caller's own wait is not this one
        }
      }
      return role;
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new DirectoryClosedException(
          "the directory " + directory + " was closed before this use");
    }
  }

  /** What to throw if something cannot do without an answer, and those that came make no sense. */
  DirectoryUnavailableException misunderstood(String what, LostPrimaryException last) {
    return new DirectoryUnavailableException(
        what
            + " in "
            + directory
            + ": "
            + MISUNDERSTANDINGS
            + " times the process that owns it has sent what this one does not understand, the last"
            + " time "
            + last.getCause()
            + "; do both run the same version of memo?",
        last);
  }

  /** What to throw if something cannot do without a primary. */
  DirectoryUnavailableException unavailable(String what) {
    return new DirectoryUnavailableException(
        what
            + " in "
            + directory
            + ": no process that owns it has answered for "
            + TimeUnit.NANOSECONDS.toMillis(patienceNanos)
            + " ms; try again later");
  }
}
