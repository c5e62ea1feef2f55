package dev.memo.parallel;

import dev.memo.failure.FailedInput;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What went wrong in one batch, in the order of time. Thread-safe. */
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());

  /** The index of what was thrown outside the task. */
  private static final int NONE = -1;

  private record Failure(Throwable thrown, int index) {}

  // Kept apart: there may be no memory for more, and that something failed must not be lost.
  private @Nullable Throwable first; // guarded by this
  private int firstIndex; // guarded by this
  private final List<Failure> further = new ArrayList<>(); // guarded by this
  private boolean closed; // guarded by this; the caller has gone

  /** Adds what the task threw for an input. The first one needs no memory. */
  synchronized void add(Throwable thrown, int index) {
    if (closed) {
      LOG.log(Level.DEBUG, "failed after its batch had ended", thrown);
    } else if (first == null) {
      first = thrown;
      firstIndex = index;
    } else {
      further.add(new Failure(thrown, index));
    }
  }

  /** Adds what was thrown outside the task, likewise. */
  void add(Throwable thrown) {
    add(thrown, NONE);
  }

  /** Throws the first failure, the same object, if there is one; the others are suppressed. */
  synchronized <X extends Exception> void rethrow() throws X {
    closed = true;
    Throwable main = first;
    if (main != null) {
      try {
        suppressAll(main);
      } catch (VirtualMachineError | LinkageError noMemory) {
        // for the list, or for a class that it needs: what failed says more
      }
      Failures.<X>throwUnchecked(main);
    }
  }

  /** Attaches all failures to what the caller gets instead of them; the second time none. */
  synchronized void attachTo(Throwable instead) {
    closed = true;
    suppressAll(instead);
    first = null;
    further.clear();
  }

  private void suppressAll(Throwable main) {
    // Inputs that waited for one computation fail with one exception.
    Set<Throwable> attached = Collections.newSetFromMap(new IdentityHashMap<>());
    attached.add(main);
    Collections.addAll(attached, main.getSuppressed());
    if (first != null) {
      suppress(new Failure(first, firstIndex), main, attached);
    }
    further.forEach(failure -> suppress(failure, main, attached));
  }

  private static void suppress(Failure failure, Throwable main, Set<Throwable> attached) {
    if (failure.index != NONE) {
      failure.thrown.addSuppressed(new FailedInput(failure.index));
    }
    if (attached.add(failure.thrown)) {
      main.addSuppressed(failure.thrown);
      if (main.getSuppressed().length == 0) {
        LOG.log(Level.WARNING, "a further input failed, after " + main, failure.thrown);
      }
    }
  }

  /** X is what the task declares; errors and undeclared exceptions pass through as well. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
