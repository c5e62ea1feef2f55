package dev.memo.parallel;

import dev.memo.call.BatchCounts;
import dev.memo.call.BulkCalls;
import dev.memo.call.Parked;
import dev.memo.call.RoutedFunction;
import dev.memo.call.ThrowingFunction;
import dev.memo.failure.DirectoryException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One run of a batch that was built: its parts, and what it did. Used for one terminal call. */
final class BatchRun<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements AutoCloseable {
  private static final Logger LOG = System.getLogger(BatchRun.class.getName());

  private final ThrowingFunction<A, R, X> function;
  private final BatchSettings settings;
  private final Tally tally;
  private final StopSignal stop = new StopSignal();
  private final @Nullable Timeouts timeouts;
  private final InputCalls<R, X> calls;
  private final BatchCounts counts = new BatchCounts();
  private final @Nullable CacheShare before;
  private final long begin = System.nanoTime();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable ProgressTicker ticker;

  BatchRun(ThrowingFunction<A, R, X> function, BatchSettings settings) {
    this.function = function;
    this.settings = settings;
    this.tally = new Tally(settings.listener() != null);
    this.before = counted();
    this.timeouts = settings.timeout() == null ? null : new Timeouts(settings.timeout());
    this.calls = new InputCalls<>(settings.failures(), settings.retry(), timeouts, stop, tally);
  }

  /** Runs a batch that is all there: its indexes are taken in chunks. */
  BatchResult<R> run(Collection<? extends A> inputs) throws X {
    try {
      return runAll(inputs);
    } catch (Throwable thrown) {
      calls.attachToleratedTo(thrown);
      throw thrown;
    }
  }

  private BatchResult<R> runAll(Collection<? extends A> inputs) throws X {
    @SuppressWarnings("unchecked") // never given away as an A[]
    A[] arguments = (A[]) inputs.toArray(new Object[0]);
    int size = arguments.length;
    OutcomeArray<R> outcomes = new OutcomeArray<>(size, settings.ordered());
    Workers workers = workers(Math.max(Math.min(settings.threads(), size), 1));
    if (size > 0 && function instanceof RoutedFunction<A, R, X> routed) {
      runCached(new BulkCalls<>(routed, arguments, counts), size, workers, outcomes);
    } else {
      Batch.Task<X> task =
          index -> outcomes.add(calls.call(index, () -> function.call(arguments[index])));
      Batch batch = new Batch(task, Indexes.below(size), workers, stop, new Bell(workers));
      tellProgress(OptionalLong.of(size), batch); // also of none: its end is told
      if (size > 0) {
        requireNotInterrupted(batch);
        batch.<X>run();
      }
    }
    return new BatchResult<>(outcomes.asList(), report(size));
  }

  /** Looks up all before the first is called. */
  private void runCached(
      BulkCalls<A, R, X> bulk, int size, Workers workers, OutcomeArray<R> outcomes) throws X {
    Map<Integer, ParkingInput<R, X>> parked = new ConcurrentHashMap<>();
    Batch.ParkingTask<X> task =
        index -> {
          if (bulk.isAnswered(index)) {
            return null; // by the look-up
          }
          ParkingInput<R, X> before = parked.remove(index);
          ParkingInput<R, X> input =
              before == null ? new ParkingInput<>(index, bulk, index) : before;
          Parked waits = calls.tryCall(input, outcomes::add);
          if (waits != null) {
            parked.put(index, input);
          }
          return waits;
        };
    Calls.LookedUp finish =
        (from, to) -> {
          for (int index = from; index < to; index++) {
            if (bulk.isAnswered(index)) {
              outcomes.add(calls.found(index, bulk.take(index)));
            }
          }
        };
    Batch batch = Batch.parking(task, Indexes.below(size), workers, stop, new Bell(workers));
    tellProgress(OptionalLong.of(size), batch);
    requireNotInterrupted(batch);
    if (!Calls.lookUp(bulk, size, settings.threads(), finish)) {
      requireNotInterrupted(batch); // while it was, look-ups may still be under way
      batch.<X>run();
    }
  }

  private static void requireNotInterrupted(Batch batch) {
    if (Thread.currentThread().isInterrupted()) {
      throw batch.cancel();
    }
  }

  /** Runs a batch whose inputs are read while it runs. */
  BatchResult<R> run(Iterator<? extends A> inputs) throws X {
    OutcomeIterator<A, R, X> iterator = iterator(inputs);
    List<Outcome<R>> outcomes = new ArrayList<>();
    for (Outcome<R> o = iterator.next(); o != null; o = iterator.next()) {
      outcomes.add(o);
    }
    return new BatchResult<>(outcomes, report(outcomes.size()));
  }

  OutcomeIterator<A, R, X> iterator(Iterator<? extends A> inputs) {
    Workers workers = workers(settings.threads());
    OutcomeIterator<A, R, X> iterator =
        new OutcomeIterator<>(function, calls, counts, inputs, workers, settings.ordered(), stop);
    tellProgress(OptionalLong.empty(), iterator.batch());
    return iterator;
  }

  private Workers workers(int threads) {
    ThreadFactory virtual = settings.virtual() ? VirtualThreads.factory() : null;
    return virtual == null
        ? Workers.replaced(threads, Batch.REPLACEMENTS)
        : Workers.plain(threads, virtual);
  }

  private void tellProgress(OptionalLong total, Batch batch) {
    ProgressListener listener = settings.listener();
    if (listener != null) {
      ProgressMeter meter = new ProgressMeter(total, settings.threads(), begin);
      ticker = new ProgressTicker(listener, () -> meter.measure(sample(batch)));
    }
  }

  private ProgressMeter.Sample sample(Batch batch) {
    long busyNanos = tally.busyNanos.sum();
    long done = tally.done(); // before the hits, or a hit that is not yet done is taken for a miss
    long begun = tally.begun();
    CacheShare share = share();
    long hits = share == null ? 0 : Math.min(share.hits(), done);
    int waiting = batch.waiting((int) Math.max(begun - done, 0));
    return new ProgressMeter.Sample(
        System.nanoTime(), begun, done, hits, done - hits, tally.failed.get(), waiting, busyNanos);
  }

  private @Nullable CacheShare share() {
    if (function instanceof RoutedFunction && counts.isComplete()) {
      return CacheShare.of(counts);
    }
    CacheShare after = counted();
    return before == null || after == null ? null : after.minus(before);
  }

  /** A directory that cannot be opened any more takes no outcome away, only what is told of it. */
  private @Nullable CacheShare counted() {
    try {
      return CacheShare.of(function);
    } catch (DirectoryException | IllegalStateException e) {
      LOG.log(Level.WARNING, "What a batch did is unknown: " + function + " has no counters", e);
      return null;
    }
  }

  private Report report(long inputs) {
    CacheShare share = share();
    return new Report(
        inputs,
        share == null ? OptionalLong.empty() : OptionalLong.of(share.computations()),
        share == null ? OptionalLong.empty() : OptionalLong.of(share.hits()),
        tally.failed.get(),
        tally.retried.sum(),
        Duration.ofNanos(System.nanoTime() - begin),
        Optional.ofNullable(share).map(CacheShare::timeSaved));
  }

  /** Ends what is not the batch's own; the second time in vain. By any thread. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    if (timeouts != null) {
      timeouts.close();
    }
    if (ticker != null) {
      ticker.end(report(tally.done()));
    }
  }
}
