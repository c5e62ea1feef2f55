package dev.memo.call;

import dev.memo.claims.Epochs;
import dev.memo.store.Interleavings;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that keep values on the heap, and invalidations, in every order, by Lincheck. */
@Tag("heavy")
@Tag("lincheck")
final class HeapTierLincheckTest {

  /** One function that is called with one argument, and keeps its values on the heap. */
  abstract static class Calls extends CountedCalls {
    private static final String ARGUMENT = "argument";

    private final HeapTier heap = new HeapTier();

    @Override
    @Operation
    public long call() {
      HeapTier.Value kept = heap.get(this, ARGUMENT, checked());
      return kept == null ? readAndKeep() : (long) kept.value();
    }

    long readAndKeep() {
      Freshness freshness = Freshness.now(checked(), 0);
      return keep(epochs.stored(), freshness);
    }

    final long keep(long value, Freshness freshness) {
      heap.put(this, ARGUMENT, new HeapTier.Value(value, 0, freshness, 1));
      return value;
    }
  }

  /** Calls as they are. */
  public static final class Checked extends Calls {
    @Override
    Epochs checked() {
      return epochs;
    }
  }

  /** A value is served whatever happened since. */
  public static final class Unchecked extends Calls {
    @Override
    Epochs checked() {
      return CountedEpochs.FROZEN;
    }
  }

  /** The epochs are read after the look-up that they vouch for. */
  public static final class CheckedTooLate extends Calls {
    @Override
    Epochs checked() {
      return epochs;
    }

    @Override
    long readAndKeep() {
      long value = epochs.stored();
      return keep(value, Freshness.now(epochs, 0));
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: a value on the heap counts only until an epoch moves")
  void valueCountsWhileItsEpochsAreCurrent(Interleavings tried) {
    tried.assertKeeps(CountedEpochs.Promise.class, Checked.class);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6, twin: without the check an old value is served")
  void withoutTheCheckAnOldValueIsServed(Interleavings tried) {
    tried.assertBreaks(CountedEpochs.Promise.class, Unchecked.class);
  }

  @ParameterizedTest
  @EnumSource(names = "MODEL_CHECKED")
  @DisplayName("P6, twin: epochs that are read after the look-up do not vouch for it")
  void epochsThatAreReadTooLateVouchForNothing(Interleavings tried) {
    tried.assertBreaks(CountedEpochs.Promise.class, CheckedTooLate.class);
  }
}
