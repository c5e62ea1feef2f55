package dev.memo.parallel;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The outcomes of a batch that is all there. Thread-safe. */
final class OutcomeArray<R extends @Nullable Object> {
  private final Outcome<R>[] outcomes;
  private final boolean ordered;
  private final AtomicInteger finished = new AtomicInteger();

  /**
   * @param ordered whether they are in the order of the inputs, else as they come
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // read by nobody before it is full
  OutcomeArray(int size, boolean ordered) {
    this.outcomes = new Outcome[size];
    this.ordered = ordered;
  }

  void add(Outcome<R> outcome) {
    outcomes[ordered ? outcome.index() : finished.getAndIncrement()] = outcome;
  }

  /** All of them; called when the last was added. */
  List<Outcome<R>> asList() {
    return Arrays.asList(outcomes);
  }
}
