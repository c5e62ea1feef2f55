package dev.memo.call;

import dev.memo.claims.CallKey;
import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one function in one directory share: {@link StoredFunction} answers calls,
 * {@link Misses} those that find nothing, {@link Computations} runs the function, {@link Results}
 * stores.
 */
final class FunctionParts<
    A extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  private static final int MAX_WAIT_FACTOR = 10;

  final FunctionSpec<A, R, X> spec;
  final CallContext context;
  final Primary primary;
  final Epochs epochs;
  final CallEquivalence equivalence;
  final EntryReader<R> reader;
  final FunctionHeap<A, R> heap;
  final Counters counters = new Counters();
  final Notices notices = new Notices(System.getLogger("dev.memo"), System::nanoTime);

  private final long functionId;
  private final AtomicLong longestNanos = new AtomicLong();

  FunctionParts(FunctionSpec<A, R, X> spec, CallContext context, CallEquivalence equivalence) {
    this.spec = spec;
    this.context = context;
    this.primary = context.primary();
    this.epochs = primary.epochs();
    this.equivalence = equivalence;
    this.reader = new EntryReader<>(primary, spec.results(), equivalence);
    this.heap = new FunctionHeap<>(context.heap(), epochs, spec);
    this.functionId = spec.identity().functionId();
  }

  /** A call with its argument as it is now. */
  Request<A> request(A argument) {
    EncodedArguments arguments = new EncodedArguments(spec.arguments().encode(argument));
    CallKey key = equivalence.key(functionId, arguments);
    ExactKey exact = equivalence.exact(key, arguments);
    return new Request<>(argument, arguments, exact, Freshness.now(epochs, key.stripe()));
  }

  /**
   * What a call has become while it waited, if its argument was changed meanwhile, by the bodies of
   * other calls: another call, of which nothing is known. Null if it is the same.
   */
  @Nullable Request<A> changed(Request<A> then) {
    if (spec.arguments().equalsLikeBytes()) {
      return null;
    }
    Request<A> now = request(then.argument()).counted(then.counts());
    return now.exact().equals(then.exact()) ? null : now;
  }

  /** What a look-up would have found that was not made. */
  Reading.Missing<R> absent() {
    return new Reading.Missing<>(MissReason.ABSENT, new Slot(spec.results().variant(), 0), null);
  }

  /** Takes note of how long the function took. */
  void took(long nanos) {
    if (nanos > longestNanos.get()) {
      longestNanos.accumulateAndGet(nanos, Math::max);
    }
  }

  /** Keeps in memory and counts what was found, whoever stored it. */
  void hit(Request<A> request, Reading.Found<R> found, HitSource source) {
    Entry entry = found.entry();
    heap.keep(request, found.value(), entry);
    counters.hit(source, entry.durationNanos());
    request.hit(entry.durationNanos());
    counters.bytesRead.add(entry.size());
    warnIfCodeChanged(entry.codeFingerprint());
  }

  /** A result is served that was stored with this code. */
  void warnIfCodeChanged(long stored) {
    long current = spec.codeFingerprint();
    if (stored != current && stored != 0 && current != 0) {
      notices.warnOnce(
          "code",
          "The code of "
              + spec.identity()
              + " has changed since results were stored; they are still served. If the change"
              + " matters, give it another version or invalidate them.");
    }
  }

  /** How long a call waits for another's computation before it computes itself. */
  long maxWaitNanos() {
    return Math.max(context.minMaxWait().toNanos(), MAX_WAIT_FACTOR * longestNanos.get());
  }
}
