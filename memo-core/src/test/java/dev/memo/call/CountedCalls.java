package dev.memo.call;

import dev.memo.claims.Epochs;
import org.jetbrains.lincheck.datastructures.Operation;

/** Calls and invalidations, in every order; they promise {@link CountedEpochs.Promise}. */
abstract class CountedCalls {
  final CountedEpochs epochs = new CountedEpochs();

  /** What is kept or under way is held against these. */
  abstract Epochs checked();

  @Operation
  public abstract long call();

  @Operation
  public void invalidate() {
    epochs.raiseStripe();
  }

  @Operation
  public void invalidateAll() {
    epochs.raiseDirectory();
  }
}
