package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import dev.memo.call.BatchCounts;
import dev.memo.call.BulkCalls;
import dev.memo.call.Parked;
import dev.memo.call.RoutedFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Inputs of a cached function, which are looked up many at once.
 *
 * <p>A drain that finds nothing to call takes what has been read meanwhile and looks it up. What is
 * found has its outcome; the rest is then called one by one, by any drain, in the order of the
 * inputs. So slow calls balance, and ordered outcomes do not wait for those that come later.
 *
 * <p>Questions to another process are few only if many inputs are asked for at once. So while
 * inputs are coming one drain gathers them; it waits for no input that does not come within a
 * moment, for reading one may take long.
 */
final class BulkInputs<A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements ReadInputs<A, X> {
  /** A moment: less than a question to another process takes. */
  private static final long GATHER_NANOS = 20_000;

  private final RoutedFunction<A, R, X> function;
  private final InputCalls<R, X> calls;
  private final BatchCounts counts;
  private final StopSignal stop;
  private final Consumer<Outcome<R>> finished;
  private final Runnable startDrain;
  private final int threads;
  private final int lookUps;

  private final LookUpSize size = new LookUpSize();
  private final GrowingIndexes read = new GrowingIndexes();
  private final Map<Integer, Input<A>> inputs = new ConcurrentHashMap<>(); // not looked up
  private final Map<Integer, ParkingInput<R, X>> rest = new ConcurrentHashMap<>(); // not found
  private final Queue<Integer> missing = new PriorityBlockingQueue<>(); // those not begun
  private final AtomicBoolean gathering = new AtomicBoolean();
  private volatile boolean reading;

  /** Maps hold no null. */
  private record Input<A extends @Nullable Object>(A argument) {}

  /**
   * @param finished is told of what was found
   * @param startDrain is run when a drain has taken something and left something
   */
  BulkInputs(
      RoutedFunction<A, R, X> function,
      InputCalls<R, X> calls,
      BatchCounts counts,
      StopSignal stop,
      int threads,
      Consumer<Outcome<R>> finished,
      Runnable startDrain) {
    this.function = function;
    this.calls = calls;
    this.counts = counts;
    this.stop = stop;
    this.threads = threads;
    this.lookUps = Math.min(threads, Runtime.getRuntime().availableProcessors());
    this.finished = finished;
    this.startDrain = startDrain;
  }

  @Override
  public boolean add(A input) {
    inputs.put(read.count(), new Input<>(input));
    read.add();
    return !gathering.get();
  }

  @Override
  public void reading(boolean now) {
    reading = now;
  }

  @Override
  public int window() {
    return ReadInputs.window(threads, 2 * size.get() * lookUps);
  }

  @Override
  public int burst() {
    return size.get();
  }

  @Override
  public boolean hasMore() {
    return !missing.isEmpty() || read.hasMore();
  }

  @Override
  public int count() {
    return read.count();
  }

  @Override
  public boolean take(int most, IndexRange into) {
    while (!stop.isStopped()) {
      Integer next = missing.poll();
      if (next != null) {
        into.refill(next, next + 1);
        leaveRest();
        return true;
      }
      IndexRange range = new IndexRange();
      if (!takeRead(range)) {
        return false;
      }
      leaveRest();
      lookUp(range);
    }
    return false;
  }

  private void leaveRest() {
    if (hasMore()) {
      startDrain.run();
    }
  }

  private boolean takeRead(IndexRange into) {
    if (!read.hasMore() || !gathering.compareAndSet(false, true)) {
      return false; // who gathers takes them, and looks for more
    }
    gather();
    gathering.set(false); // first: what is added from now on may be missed here
    return read.take(size.get(), into);
  }

  /** Waits until there are as many as are to be looked up, as long as some come. */
  private void gather() {
    int before = read.left();
    while (reading && before < size.get()) {
      LockSupport.parkNanos(GATHER_NANOS);
      int now = read.left();
      if (now == before) {
        return;
      }
      before = now;
    }
  }

  private void lookUp(IndexRange range) {
    int first = range.take();
    List<A> arguments = new ArrayList<>();
    for (int index = first; index >= 0; index = range.take()) {
      arguments.add(requireNonNull(inputs.remove(index)).argument);
    }
    int count = arguments.size();
    @SuppressWarnings("unchecked") // never given away as an A[]
    A[] array = (A[]) arguments.toArray(new Object[0]);
    BulkCalls<A, R, X> bulk = new BulkCalls<>(function, array, counts);
    bulk.lookUp(0, count);
    boolean all = bulk.lookedUp();
    int misses = 0;
    for (int i = 0; i < count; i++) {
      if (all || bulk.isAnswered(i)) {
        finished.accept(calls.found(first + i, bulk.take(i)));
      } else {
        rest.put(first + i, new ParkingInput<>(first + i, bulk, i));
        missing.add(first + i);
        misses++;
      }
    }
    size.lookedUp(count, misses, bulk.foundBytes());
  }

  @Override
  public @Nullable Parked call(int index) throws X {
    ParkingInput<R, X> input = requireNonNull(rest.remove(index));
    Parked waits = calls.tryCall(input, finished);
    if (waits != null) {
      rest.put(index, input);
    }
    return waits;
  }
}
