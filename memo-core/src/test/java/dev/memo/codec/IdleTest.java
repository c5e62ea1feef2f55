package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IdleTest {

  @Test
  void whatWasGivenBackIsTakenAgain() {
    Idle<Object> idle = new Idle<>(Object::new);
    Object first = idle.take();
    idle.giveBack(first);
    assertThat(idle.take()).isSameAs(first);
  }

  @Test
  void whatIsInUseIsNotTaken() {
    Idle<Object> idle = new Idle<>(Object::new);
    idle.giveBack(idle.take());
    assertThat(idle.take()).isNotSameAs(idle.take());
  }

  @Test
  void noTwoThreadsEverHaveTheSame() throws Exception {
    AtomicInteger made = new AtomicInteger();
    Idle<AtomicBoolean> idle =
        new Idle<>(
            () -> {
              made.incrementAndGet();
              return new AtomicBoolean();
            });
    int threads = 2 * Idle.SLOTS; // so that some share one
    int turns = 10_000;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Integer>> shared = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        shared.add(pool.submit(() -> turnsInWhichItWasInUse(idle, turns)));
      }
      for (Future<Integer> count : shared) {
        assertThat(count.get()).isZero();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(made.get()).as("objects made").isLessThan(threads * turns / 2);
  }

  private static int turnsInWhichItWasInUse(Idle<AtomicBoolean> idle, int turns) {
    int inUse = 0;
    for (int i = 0; i < turns; i++) {
      AtomicBoolean taken = idle.take();
      if (!taken.compareAndSet(false, true)) {
        inUse++;
      }
      Thread.onSpinWait();
      taken.set(false);
      idle.giveBack(taken);
    }
    return inUse;
  }
}
