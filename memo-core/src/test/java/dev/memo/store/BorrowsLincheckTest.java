package dev.memo.store;

import dev.memo.failure.DirectoryClosedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Uses and closes in every order, by Lincheck. */
@Tag("heavy")
@Tag("lincheck")
final class BorrowsLincheckTest {

  /** After a close nothing is lent, and what is lent is not freed. */
  public static final class Promise {
    private boolean closed;

    public String use() {
      return closed ? "refused" : "used";
    }

    public int close() {
      closed = true;
      return 1;
    }
  }

  /** Stands for native memory. */
  private static final class Fragile {
    private final AtomicInteger frees = new AtomicInteger();

    String use() {
      int freedAtFirst = frees.get();
      return freedAtFirst + frees.get() == 0 ? "used" : "used after it was freed";
    }
  }

  /** Uses of what is lent. */
  abstract static class Lending {
    private final Fragile fragile = new Fragile();
    private final Borrows<Fragile> borrows;

    Lending(boolean awaitsReturns) {
      borrows =
          new Borrows<>(
              fragile, "the fragile", lent -> lent.frees.incrementAndGet(), awaitsReturns);
    }

    @Operation
    public String use() {
      try (Borrows.Borrow<Fragile> borrow = borrows.borrow()) {
        return borrow.get().use();
      } catch (DirectoryClosedException e) {
        return "refused";
      }
    }

    @Operation
    public int close() {
      borrows.close();
      return fragile.frees.get();
    }
  }

  /** Borrows as they are. */
  public static final class AwaitingReturns extends Lending {
    public AwaitingReturns() {
      super(true);
    }
  }

  /** Borrows whose close does not wait for them. */
  public static final class NotAwaitingReturns extends Lending {
    public NotAwaitingReturns() {
      super(false);
    }
  }

  /** Does the same in another order: looks for the mark, then counts. */
  public static final class LooksBeforeItCounts {
    private final Fragile fragile = new Fragile();
    private final AtomicInteger uses = new AtomicInteger();
    private volatile boolean closed;

    @Operation
    public String use() {
      if (closed) {
        return "refused";
      }
      uses.incrementAndGet();
      try {
        return fragile.use();
      } finally {
        uses.decrementAndGet();
      }
    }

    @Operation
    public synchronized int close() {
      closed = true;
      while (uses.get() != 0) {
        Thread.onSpinWait();
      }
      fragile.frees.compareAndSet(0, 1);
      return fragile.frees.get();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P8: nothing is lent after a close, and a close waits for what is lent")
  void nothingIsUsedAfterItWasFreed(Interleavings tried) {
    tried.assertKeeps(Promise.class, AwaitingReturns.class);
  }

  @ParameterizedTest
  @EnumSource(names = "MODEL_CHECKED")
  @DisplayName("P8, twin: a close that does not wait frees what is used")
  void closeThatDoesNotWaitFreesWhatIsUsed(Interleavings tried) {
    tried
        .assertBreaks(Promise.class, NotAwaitingReturns.class)
        .hasMessageContaining("used after it was freed");
  }

  @ParameterizedTest
  @EnumSource(names = "MODEL_CHECKED")
  @DisplayName("P8, twin: to look before counting lends what is freed")
  void theOrderOfCountAndLookMatters(Interleavings tried) {
    tried
        .assertBreaks(Promise.class, LooksBeforeItCounts.class)
        .hasMessageContaining("used after it was freed");
  }
}
