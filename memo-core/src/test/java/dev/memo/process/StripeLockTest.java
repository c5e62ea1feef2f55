package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What readers that hold no lock are told of those who do. */
final class StripeLockTest {
  private static final CallKey KEY = CallKey.of(1, new byte[] {5});
  private static final CallKey OTHER = other();

  private final ClaimStripes stripes = new ClaimStripes();

  /** A key of another lock. */
  private static CallKey other() {
    for (byte i = 6; ; i++) {
      CallKey key = CallKey.of(1, new byte[] {i});
      if (key.stripe() != KEY.stripe()) {
        return key;
      }
    }
  }

  @Test
  void aLockIsHeldUntilItsLastUnlock() {
    ClaimStripe stripe = stripes.lock(KEY);
    assertThat(stripes.isLocked(KEY)).isTrue();
    assertThat(stripes.isLocked(OTHER)).isFalse();
    stripes.lock(KEY);
    stripe.lock().unlock();
    assertThat(stripes.isLocked(KEY)).as("locked twice, unlocked once").isTrue();
    stripe.lock().unlock();
    assertThat(stripes.isLocked(KEY)).isFalse();
    assertThat(stripes.awaitUnlocked(KEY)).as("somebody held it").isFalse();
  }

  @Test
  void whoDoesNotHoldItCannotUnlockIt() {
    StripeLock free = stripes.of(KEY).lock();
    assertThatThrownBy(free::unlock).isInstanceOf(IllegalMonitorStateException.class);
    assertThat(stripes.isLocked(KEY)).isFalse();
    free.lock();
    CompletableFuture<Void> other = CompletableFuture.runAsync(free::unlock);
    assertThatThrownBy(() -> other.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalMonitorStateException.class);
    assertThat(stripes.isLocked(KEY)).as("by this thread").isTrue();
    free.unlock();
    assertThat(stripes.isLocked(KEY)).isFalse();
  }

  @Test
  void aReaderWaitsForWhoeverHoldsIt() throws Exception {
    ClaimStripe stripe = stripes.lock(KEY);
    CompletableFuture<Boolean> reader = new CompletableFuture<>();
    Thread thread = new Thread(() -> reader.complete(stripes.awaitUnlocked(KEY)));
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    CompletableFuture<Boolean> ofAnother =
        CompletableFuture.supplyAsync(() -> stripes.awaitUnlocked(OTHER));
    assertThat(ofAnother.get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(reader).isNotDone();
    stripe.lock().unlock();
    assertThat(reader.get(60, TimeUnit.SECONDS)).as("somebody held it").isTrue();
    assertThat(stripes.isLocked(KEY)).isFalse();
  }
}
