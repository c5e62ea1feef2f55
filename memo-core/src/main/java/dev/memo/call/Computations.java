package dev.memo.call;

import dev.memo.call.Computed.Returned;
import dev.memo.call.Computed.Threw;
import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.UncacheableResultException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the function and stores what it returned. A result that cannot be stored is returned all the
 * same, counted and logged. Thread-safe.
 */
final class Computations<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private final FunctionParts<A, R, X> parts;

  /** One run that returned; of what was put by hand nobody knows the code. */
  private record Run<R extends @Nullable Object>(
      R value, long createdMillis, long nanos, long codeFingerprint) {}

  Computations(FunctionParts<A, R, X> parts) {
    this.parts = parts;
  }

  /** Runs the function for a computation that was granted or begun, and ends it in any case. */
  Computed<R> compute(Request<A> request, Slot slot, Claim claim) {
    try {
      Run<R> run;
      try {
        run = run(request.argument());
      } catch (Throwable failure) {
        return new Threw<>(
            failure, isOfThisThread(failure) ? new Landing.Aborted() : new Landing.Failed(failure));
      }
      byte[] entry;
      try {
        entry = entry(request, run, claim.start());
      } catch (UncacheableResultException e) {
        unstored(UnstoredReason.UNCACHEABLE, e);
        return new Returned<>(run.value, new Landing.Unshared());
      }
      return store(request, slot, claim, run.value, entry);
    } finally {
      release(request.key(), slot, claim);
    }
  }

  private Computed<R> store(Request<A> request, Slot slot, Claim claim, R value, byte[] bytes) {
    Entry entry = parsed(bytes);
    Returned<R> own = new Returned<>(value, share(value, entry));
    PutAnswer answer;
    try {
      answer = parts.primary.put(request.key(), slot.variant(), claim, bytes, slot.rejected());
    } catch (DirectoryClosedException e) {
      unstored(UnstoredReason.CLOSED, e);
      return own;
    }
    if (answer instanceof PutAnswer.Lost lost) {
      Reading<R> winner = parts.reader.examine(lost.winner(), request.arguments(), slot);
      if (winner instanceof Found<R> won) {
        parts.heap.keep(request, won.value(), won.entry());
        return new Returned<>(won.value(), share(won.value(), won.entry()));
      }
      Slot beside = ((Missing<R>) winner).slot();
      if (beside.variant() != slot.variant()) {
        return store(request, beside, claim, value, bytes);
      }
      unstored(UnstoredReason.LOST, null);
    } else if (answer instanceof PutAnswer.Refused refused) {
      unstored(UnstoredReason.REFUSED, refused.cause());
    } else if (answer instanceof PutAnswer.Outdated) {
      unstored(UnstoredReason.OUTDATED, null);
    } else if (answer instanceof PutAnswer.ReadOnly) {
      // whoever opened the directory so knows: no warning
      parts.counters.unstored.increment(UnstoredReason.READ_ONLY);
      parts.heap.keep(request, value, entry);
    } else if (answer instanceof PutAnswer.Spooled) {
      parts.counters.spooled.increment();
      parts.heap.keep(request, value, entry);
    } else {
      parts.counters.bytesWritten.add(bytes.length);
      parts.heap.keep(request, value, entry);
    }
    return own;
  }

  /** Runs the function and puts its result in place of what is stored. */
  R refresh(Request<A> request, Chain chain) throws X {
    Slot slot = new Slot(parts.spec.results().variant(), 0);
    Claim claim = parts.primary.begin(request.key(), slot.variant(), chain);
    try {
      Run<R> run = run(request.argument());
      byte[] entry;
      try {
        entry = entry(request, run, claim.start());
      } catch (UncacheableResultException e) {
        unstored(UnstoredReason.UNCACHEABLE, e);
        return run.value;
      }
      if (replace("refresh", request.key(), entry, claim.start()) instanceof PutAnswer.Outdated) {
        unstored(UnstoredReason.OUTDATED, null);
      }
      return run.value;
    } finally {
      release(request.key(), slot, claim);
    }
  }

  /** Puts a value in place of what is stored. */
  void put(Request<A> request, R value) {
    Run<R> now = new Run<>(value, parts.context.clock().millis(), 0, 0);
    byte[] entry = entry(request, now, parts.epochs.lastSequence());
    replace("put", request.key(), entry, Long.MAX_VALUE);
  }

  private PutAnswer replace(String action, CallKey key, byte[] entry, long start) {
    PutAnswer answer = parts.primary.replace(key, parts.spec.results().variant(), entry, start);
    if (answer instanceof PutAnswer.Refused refused) {
      throw new DirectoryUnavailableException(
          "Cannot " + action + " a result of " + parts.spec.identity() + ": nothing was stored",
          refused.cause());
    }
    if (answer instanceof PutAnswer.Kept) {
      parts.counters.bytesWritten.add(entry.length);
    }
    return answer;
  }

  /** Runs the function; nothing else. */
  R runOnly(A argument) throws X {
    return run(argument).value;
  }

  private Run<R> run(A argument) throws X {
    long createdMillis = parts.context.clock().millis();
    long begin = System.nanoTime();
    R value;
    try {
      value = parts.spec.body().call(argument);
    } catch (Throwable failure) {
      parts.counters.failures.increment();
      throw failure;
    }
    long nanos = System.nanoTime() - begin;
    parts.counters.computations.increment();
    parts.took(nanos);
    return new Run<>(value, createdMillis, nanos, parts.spec.codeFingerprint());
  }

  private byte[] entry(Request<A> request, Run<R> run, long start) {
    return Entry.write(
        start,
        run.createdMillis,
        run.nanos,
        run.codeFingerprint,
        request.arguments(),
        parts.spec.results().encode(run.value));
  }

  /** What followers get of a stored value: the value itself if it can never change. */
  Landing share(R value, Entry entry) {
    return parts.spec.results().isImmutable()
        ? new Landing.Shared(value, entry.durationNanos())
        : new Landing.Copied(entry);
  }

  private void release(CallKey key, Slot slot, Claim claim) {
    try {
      parts.primary.release(key, slot.variant(), claim);
    } catch (DirectoryClosedException e) {
      parts.notices.warn(
          "closed", "The directory was closed while " + parts.spec.identity() + " ran", e);
    }
  }

  private void unstored(UnstoredReason reason, @Nullable Throwable cause) {
    parts.counters.unstored.increment(reason);
    parts.notices.warn(
        reason.name(),
        "A result of " + parts.spec.identity() + " was returned but is not stored: " + reason,
        cause);
  }

  private static Entry parsed(byte[] bytes) {
    try {
      return Entry.parse(bytes, 0);
    } catch (EntryRejectedException e) {
      throw new AssertionError("an entry just written cannot be parsed", e);
    }
  }

  /** Whether a failure is about this thread or its stack, not the call: no news to followers. */
  private static boolean isOfThisThread(Throwable failure) {
    return failure instanceof InterruptedException
        || failure instanceof CancellationException
        || failure instanceof VirtualMachineError
        || Thread.currentThread().isInterrupted();
  }
}
