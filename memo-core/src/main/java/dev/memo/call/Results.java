package dev.memo.call;

import dev.memo.call.Computed.Returned;
import dev.memo.call.Flight.Landing;
import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.PendingPut;
import dev.memo.claims.PutAnswer;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.failure.UncacheableResultException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stores what runs of the function returned, and ends their claims. A result that cannot be stored
 * is returned all the same, counted and logged. Thread-safe.
 */
final class Results<A extends @Nullable Object, R extends @Nullable Object> {
  private final FunctionParts<A, R, ?> parts;

  Results(FunctionParts<A, R, ?> parts) {
    this.parts = parts;
  }

  /** Stores what a computation that was granted or begun has returned, unless another was first. */
  Computed<R> keep(Request<A> request, Slot slot, Claim claim, Run<R> run) {
    byte[] entry = entryOrNull(request, claim, run);
    return entry == null ? unshared(run) : store(request, slot, claim, run.value(), entry);
  }

  /** A result that is on its way. */
  @FunctionalInterface
  interface Storing<R extends @Nullable Object> {
    /** As {@link Results#keep}; to be called once, before the claim is released. */
    Returned<R> finish();
  }

  /** As {@link #keep}, but does not wait until the result is stored. */
  Storing<R> start(Request<A> request, Slot slot, Claim claim, Run<R> run) {
    byte[] entry = entryOrNull(request, claim, run);
    if (entry == null) {
      Returned<R> unshared = unshared(run);
      return () -> unshared;
    }
    PendingPut put;
    try {
      put = parts.primary.startPut(request.key(), slot.variant(), claim, entry, slot.rejected());
    } catch (DirectoryClosedException e) {
      put =
          () -> {
            throw e;
          };
    }
    PendingPut started = put;
    return () -> stored(request, slot, claim, run.value(), entry, started);
  }

  private byte @Nullable [] entryOrNull(Request<A> request, Claim claim, Run<R> run) {
    try {
      return entry(request, run, claim.start());
    } catch (UncacheableResultException e) {
      unstored(UnstoredReason.UNCACHEABLE, e);
      return null;
    }
  }

  private Returned<R> unshared(Run<R> run) {
    return new Returned<>(run.value(), new Landing.Unshared());
  }

  private Returned<R> store(Request<A> request, Slot slot, Claim claim, R value, byte[] bytes) {
    return stored(
        request,
        slot,
        claim,
        value,
        bytes,
        () -> parts.primary.put(request.key(), slot.variant(), claim, bytes, slot.rejected()));
  }

  private Returned<R> stored(
      Request<A> request, Slot slot, Claim claim, R value, byte[] bytes, PendingPut put) {
    Entry entry = parsed(bytes);
    Returned<R> own = new Returned<>(value, share(value, entry));
    PutAnswer answer;
    try {
      answer = put.await();
    } catch (DirectoryClosedException e) {
      return unstored(request, own, UnstoredReason.CLOSED, e);
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
      return unstored(request, own, UnstoredReason.LOST, null);
    } else if (answer instanceof PutAnswer.Refused refused) {
      return unstored(request, own, UnstoredReason.REFUSED, refused.cause());
    } else if (answer instanceof PutAnswer.Outdated) {
      return unstored(request, own, UnstoredReason.OUTDATED, null);
    } else if (answer instanceof PutAnswer.ReadOnly) {
      // whoever opened the directory so knows: no warning
      parts.counters.unstored.increment(UnstoredReason.READ_ONLY);
      request.settle(own.landing());
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

  /** Equal calls of its batch take the value all the same. */
  private Returned<R> unstored(
      Request<A> request, Returned<R> own, UnstoredReason reason, @Nullable Throwable cause) {
    unstored(reason, cause);
    request.settle(own.landing());
    return own;
  }

  /**
   * Puts what a refresh has returned in place of what is stored, if nothing else was put there
   * since {@code start}.
   */
  void refresh(Request<A> request, Run<R> run, long start) {
    byte[] entry;
    try {
      entry = entry(request, run, start);
    } catch (UncacheableResultException e) {
      unstored(UnstoredReason.UNCACHEABLE, e);
      return;
    }
    if (replace("refresh", request.key(), entry, start) instanceof PutAnswer.Outdated) {
      unstored(UnstoredReason.OUTDATED, null);
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

  /**
   * Whether an argument has been changed since the call began, which the caller of a function that
   * returns futures may do before the function is done: then nobody knows what the result is of. It
   * is counted as not stored.
   */
  boolean isOutlived(Request<A> request) {
    if (parts.spec.arguments().equalsLikeBytes()) {
      return false; // they never change
    }
    RuntimeException why = null;
    try {
      byte[] now = parts.spec.arguments().encode(request.argument());
      if (Arrays.equals(now, request.arguments().bytes())) {
        return false;
      }
    } catch (RuntimeException e) {
      why = e;
    }
    unstored(UnstoredReason.CHANGED_ARGUMENT, why);
    return true;
  }

  private byte[] entry(Request<A> request, Run<R> run, long start) {
    try {
      return Entry.write(
          start,
          run.createdMillis(),
          run.nanos(),
          run.codeFingerprint(),
          request.arguments(),
          parts.spec.results().encode(run.value()));
    } catch (OutOfMemoryError e) { // the value has been paid for: it must reach its caller
      throw new UncacheableResultException(
          "result: there is no memory for its bytes; return something smaller, like a Path to it",
          e);
    }
  }

  /** What followers get of a stored value: the value itself if it can never change. */
  Landing share(R value, Entry entry) {
    return parts.spec.results().isImmutable()
        ? new Landing.Shared(value, entry.durationNanos())
        : new Landing.Copied(entry);
  }

  /** Ends a computation. */
  void release(CallKey key, Slot slot, Claim claim) {
    try {
      parts.primary.release(key, slot.variant(), claim);
    } catch (DirectoryClosedException e) {
      parts.notices.warn(
          "closed", "The directory was closed while " + parts.spec.identity() + " ran", e);
    }
  }

  /** Counts and tells that a result is not stored. */
  void unstored(UnstoredReason reason, @Nullable Throwable cause) {
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
}
