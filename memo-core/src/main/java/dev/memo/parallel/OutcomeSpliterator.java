package dev.memo.parallel;

import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The outcomes of a batch as a stream takes them. */
final class OutcomeSpliterator<R extends @Nullable Object> extends AbstractSpliterator<Outcome<R>> {
  private final OutcomeIterator<?, R, RuntimeException> outcomes;
  private final BatchRun<?, R, ?> run;

  // A stream cannot declare what the function throws: whoever asked for the stream does.
  @SuppressWarnings("unchecked")
  OutcomeSpliterator(OutcomeIterator<?, R, ?> outcomes, BatchRun<?, R, ?> run) {
    super(Long.MAX_VALUE, ORDERED | NONNULL);
    this.outcomes = (OutcomeIterator<?, R, RuntimeException>) outcomes;
    this.run = run;
  }

  @Override
  public boolean tryAdvance(Consumer<? super Outcome<R>> action) {
    Outcome<R> outcome = null;
    try {
      outcome = outcomes.next();
    } finally {
      if (outcome == null) {
        run.close();
      }
    }
    if (outcome == null) {
      return false;
    }
    action.accept(outcome);
    return true;
  }

  /** Gives up what is under way. */
  void close() {
    outcomes.close();
    run.close();
  }
}
