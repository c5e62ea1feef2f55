package dev.memo.parallel;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/** Something that happens once, and that tasks wait for as cached calls wait for each other. */
final class Meeting {
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private final CountDownLatch latch;

  Meeting() {
    this(1);
  }

  /** Happens when that many have arrived. */
  Meeting(int arrivals) {
    latch = new CountDownLatch(arrivals);
  }

  void arrive() {
    latch.countDown();
  }

  /** Waits through a {@code ManagedBlocker}; false if it did not happen in time. */
  boolean await(Duration patience) throws InterruptedException {
    ForkJoinPool.managedBlock(
        new ForkJoinPool.ManagedBlocker() {
          @Override
          public boolean block() throws InterruptedException {
            boolean unused = latch.await(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true; // late or not: the caller sees, and trying again would double the patience
          }

          @Override
          public boolean isReleasable() {
            return latch.getCount() == 0;
          }
        });
    return latch.getCount() == 0;
  }

  void await() throws InterruptedException {
    if (!await(DEADLINE)) {
      throw new AssertionError("did not happen within " + DEADLINE);
    }
  }
}
