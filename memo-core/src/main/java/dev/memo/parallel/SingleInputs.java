package dev.memo.parallel;

import static java.util.Objects.requireNonNull;

import dev.memo.call.Parked;
import dev.memo.call.ThrowingFunction;
import dev.memo.parallel.InputCalls.Attempt;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Inputs that are called one by one. */
final class SingleInputs<
        A extends @Nullable Object, R extends @Nullable Object, X extends Exception>
    implements ReadInputs<A, X> {
  private final ThrowingFunction<A, R, X> function;
  private final InputCalls<R, X> calls;
  private final Consumer<Outcome<R>> finished;
  private final int window;
  private final GrowingIndexes indexes = new GrowingIndexes();
  private final Map<Integer, Attempt<R, X>> read = new ConcurrentHashMap<>(); // and not begun

  SingleInputs(
      ThrowingFunction<A, R, X> function,
      InputCalls<R, X> calls,
      int threads,
      Consumer<Outcome<R>> finished) {
    this.function = function;
    this.calls = calls;
    this.finished = finished;
    this.window = ReadInputs.window(threads, 0);
  }

  @Override
  public boolean add(A input) {
    read.put(indexes.count(), () -> function.call(input));
    indexes.add();
    return true;
  }

  @Override
  public void reading(boolean now) {}

  @Override
  public int window() {
    return window;
  }

  @Override
  public int burst() {
    return 1;
  }

  @Override
  public boolean take(int most, IndexRange into) {
    return indexes.take(most, into);
  }

  @Override
  public boolean hasMore() {
    return indexes.hasMore();
  }

  @Override
  public int count() {
    return indexes.count();
  }

  @Override
  public @Nullable Parked call(int index) throws X {
    finished.accept(calls.call(index, requireNonNull(read.remove(index))));
    return null;
  }
}
