package dev.memo.parallel;

import dev.memo.failure.FailedInput;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What went wrong in one batch, in the order of time. Thread-safe. */
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());

  private record Failure(Throwable thrown, @Nullable FailedInput input) {}

  private final List<Failure> failures = new ArrayList<>(); // guarded by this
  private boolean closed; // guarded by this; the caller has gone

  /** Adds what the task threw for an input. */
  void add(Throwable thrown, int index) {
    add(new Failure(thrown, new FailedInput(index)));
  }

  /** Adds what was thrown outside the task. */
  void add(Throwable thrown) {
    add(new Failure(thrown, null));
  }

  private synchronized void add(Failure failure) {
    if (closed) {
      LOG.log(Level.DEBUG, "failed after its batch had ended", failure.thrown);
    } else {
      failures.add(failure);
    }
  }

  /** Throws the first failure, the same object, if there is one; the others are suppressed. */
  synchronized <X extends Exception> void rethrow() throws X {
    closed = true;
    if (!failures.isEmpty()) {
      Throwable first = failures.get(0).thrown;
      suppressAll(first);
      Failures.<X>throwUnchecked(first);
    }
  }

  /** Attaches all failures to what the caller gets instead of them. */
  synchronized CancellationException attachTo(CancellationException cancellation) {
    closed = true;
    suppressAll(cancellation);
    return cancellation;
  }

  private void suppressAll(Throwable main) {
    // Inputs that waited for one computation fail with one exception.
    Set<Throwable> attached = Collections.newSetFromMap(new IdentityHashMap<>());
    attached.add(main);
    for (Failure failure : failures) {
      if (failure.input != null) {
        failure.thrown.addSuppressed(failure.input);
      }
      if (attached.add(failure.thrown)) {
        main.addSuppressed(failure.thrown);
        if (main.getSuppressed().length == 0) {
          LOG.log(Level.WARNING, "a further input failed, after " + main, failure.thrown);
        }
      }
    }
  }

  /** X is what the task declares; errors and undeclared exceptions pass through as well. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
