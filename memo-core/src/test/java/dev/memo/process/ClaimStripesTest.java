package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several stripes are locked, or none. */
final class ClaimStripesTest {
  private final AtomicIntegerArray holds = new AtomicIntegerArray(2);

  private ClaimStripe stripe(int index) {
    return new ClaimStripe(new AtomicLong(), new StripeLock(holds, index));
  }

  @Test
  @DisplayName("P4: if one of several stripes cannot be locked, none stays locked")
  void noneStaysLocked() {
    List<ClaimStripe> stripes = List.of(stripe(0), stripe(1), stripe(holds.length()));
    assertThatThrownBy(() -> ClaimStripes.lock(stripes))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(holds.get(0)).isZero();
    assertThat(holds.get(1)).isZero();
  }

  @Test
  void allAreLockedAndUnlocked() {
    List<ClaimStripe> stripes = List.of(stripe(0), stripe(1));
    ClaimStripes.lock(stripes);
    assertThat(holds.get(0)).isEqualTo(1);
    assertThat(holds.get(1)).isEqualTo(1);
    ClaimStripes.unlock(stripes);
    assertThat(holds.get(0)).isZero();
    assertThat(holds.get(1)).isZero();
  }
}
