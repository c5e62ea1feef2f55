package dev.memo.parallel;

import dev.memo.parallel.Outcome.Failure;
import dev.memo.parallel.Outcome.Success;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a batch that went through all its inputs.
 *
 * @param outcomes one for each input: in the order of the inputs, or of a batch that is {@link
 *     BatchBuilder#unordered unordered}, in the order in which they finished
 * @param <R> what the function returns
 */
public record BatchResult<R extends @Nullable Object>(List<Outcome<R>> outcomes, Report report) {

  public BatchResult {
    outcomes = Collections.unmodifiableList(outcomes);
  }

  /**
   * What the function returned, in the order of the outcomes. The list cannot be modified.
   *
   * @throws IllegalStateException if an input failed: it has no value, not even null
   */
  public List<R> values() {
    List<R> values = new ArrayList<>(outcomes.size());
    for (Outcome<R> outcome : outcomes) {
      if (outcome instanceof Success<R> success) {
        values.add(success.value());
      }
    }
    List<Failure<R>> failures = values.size() == outcomes.size() ? List.of() : failures();
    if (!failures.isEmpty()) {
      Failure<R> first = failures.get(0);
      throw new IllegalStateException(
          failures.size()
              + " of "
              + outcomes.size()
              + " inputs have no value because they failed; the cause is that of input "
              + first.index(),
          first.exception());
    }
    return Collections.unmodifiableList(values);
  }

  /** The inputs that succeeded, with their values, in the order of the outcomes. */
  public List<Success<R>> successes() {
    List<Success<R>> successes = new ArrayList<>();
    for (Outcome<R> outcome : outcomes) {
      if (outcome instanceof Success<R> success) {
        successes.add(success);
      }
    }
    return Collections.unmodifiableList(successes);
  }

  /** The inputs that failed. */
  public List<Failure<R>> failures() {
    List<Failure<R>> failures = new ArrayList<>();
    for (Outcome<R> outcome : outcomes) {
      if (outcome instanceof Failure<R> failure) {
        failures.add(failure);
      }
    }
    return Collections.unmodifiableList(failures);
  }
}
