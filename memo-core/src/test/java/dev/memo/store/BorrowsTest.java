package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.DirectoryClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class BorrowsTest {

  /** Stands for native memory: notices a use after it was freed. */
  private static final class Fragile {
    private final AtomicInteger frees = new AtomicInteger();
    private final AtomicLong usesAfterFree = new AtomicLong();

    void use() {
      int before = frees.get();
      Thread.onSpinWait();
      if (before + frees.get() > 0) {
        usesAfterFree.incrementAndGet();
      }
    }

    void free() {
      frees.incrementAndGet();
    }
  }

  @Test
  @DisplayName("P8: nothing is used after it was freed, whatever threads do")
  void neverUsesWhatWasFreed() throws InterruptedException {
    for (int round = 0; round < 100; round++) {
      Fragile fragile = new Fragile();
      Borrows<Fragile> borrows = new Borrows<>(fragile, "the fragile", Fragile::free);
      storm(
          () -> {
            try (Borrows.Borrow<Fragile> borrow = borrows.borrow()) {
              borrow.get().use();
            }
          },
          borrows::close);
      assertThat(fragile.usesAfterFree).hasValue(0);
      assertThat(fragile.frees).hasValue(1);
    }
  }

  @Test
  @DisplayName("P8, twin: a look at a flag instead of a borrow uses what was freed")
  void aFlagAloneIsNotEnough() throws InterruptedException {
    Fragile fragile = new Fragile();
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (fragile.usesAfterFree.get() == 0 && System.nanoTime() < deadline) {
      AtomicBoolean closed = new AtomicBoolean();
      fragile.frees.set(0);
      storm(
          () -> {
            if (closed.get()) {
              throw new DirectoryClosedException("closed");
            }
            fragile.use();
          },
          () -> {
            closed.set(true);
            fragile.free();
          });
    }
    assertThat(fragile.usesAfterFree.get()).isPositive();
  }

  /** Four threads use it until they are refused; meanwhile it is closed twice at once. */
  private static void storm(Runnable use, Runnable close) throws InterruptedException {
    CountDownLatch running = new CountDownLatch(4);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          new Thread(
              () -> {
                running.countDown();
                try {
                  while (true) {
                    use.run();
                  }
                } catch (DirectoryClosedException e) {
                  assertThat(e).hasMessageContaining("closed");
                }
              }));
    }
    threads.forEach(Thread::start);
    running.await();
    Thread closer = new Thread(close);
    closer.start();
    close.run();
    closer.join();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void closeWaitsForABorrowEvenWhenInterrupted() throws InterruptedException {
    Fragile fragile = new Fragile();
    Borrows<Fragile> borrows = new Borrows<>(fragile, "the fragile", Fragile::free);
    Borrows.Borrow<Fragile> borrow = borrows.borrow();
    boolean[] flagKept = new boolean[1];
    Thread closer =
        new Thread(
            () -> {
              borrows.close();
              flagKept[0] = Thread.currentThread().isInterrupted();
            });
    closer.start();
    while (closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    closer.interrupt();
    assertThatThrownBy(borrows::borrow)
        .isInstanceOf(DirectoryClosedException.class)
        .hasMessage("the fragile was closed before this use");
    assertThat(fragile.frees).hasValue(0);
    borrow.close();
    closer.join();
    assertThat(fragile.frees).hasValue(1);
    assertThat(flagKept[0]).isTrue();
  }

  @Test
  @DisplayName("P4: a stack that overflows somewhere in a use does not keep it from being closed")
  void stackOverflowLeavesNoBorrowBehind() throws InterruptedException {
    Fragile fragile = new Fragile();
    Borrows<Fragile> borrows = new Borrows<>(fragile, "the fragile", Fragile::free);
    for (int padding = 0; padding < 400; padding++) {
      int frames = padding;
      Thread thread = new Thread(null, () -> overflow(borrows, frames), "deep", 256 << 10);
      thread.start();
      thread.join();
    }

    Thread closer = new Thread(borrows::close);
    closer.setDaemon(true);
    closer.start();
    closer.join(Duration.ofSeconds(10).toMillis());

    assertThat(fragile.frees).hasValue(1);
  }

  private static void overflow(Borrows<Fragile> borrows, int frames) {
    try {
      if (frames > 0) {
        overflow(borrows, frames - 1);
      } else {
        useDeeperAndDeeper(borrows, 0);
      }
    } catch (StackOverflowError e) {
      assertThat(e).isNotNull();
    }
  }

  @SuppressWarnings("InfiniteRecursion") // until the stack overflows
  private static int useDeeperAndDeeper(Borrows<Fragile> borrows, int depth) {
    try (Borrows.Borrow<Fragile> borrow = borrows.borrow()) {
      borrow.get().use();
    }
    return useDeeperAndDeeper(borrows, depth + 1) + 1;
  }
}
