package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many values are read at once. */
final class BoundedReadsTest {
  private final List<Integer> steps = new ArrayList<>();

  /**
   * How many of the keys 0 to 255 were read; their values have this length, or are null if none.
   */
  private List<byte @Nullable []> read(ToIntFunction<Integer> length) {
    List<byte[]> keys = IntStream.range(0, 256).mapToObj(i -> new byte[] {(byte) i}).toList();
    return BoundedReads.read(
        keys,
        some -> {
          steps.add(some.size());
          List<byte @Nullable []> values = new ArrayList<>();
          for (byte[] key : some) {
            int bytes = length.applyAsInt(key[0] & 0xFF);
            values.add(bytes < 0 ? null : new byte[bytes]);
          }
          return values;
        });
  }

  @Test
  void smallValuesAreReadInFewSteps() {
    List<byte @Nullable []> values = read(i -> i);
    assertThat(values).hasSize(256);
    for (int i = 0; i < 256; i++) {
      assertThat(values.get(i)).hasSize(i);
    }
    assertThat(steps).hasSizeLessThanOrEqualTo(6);
  }

  @Test
  void whatIsNotThereTakesNoRoom() {
    assertThat(read(i -> -1)).hasSize(256).containsOnlyNulls();
  }

  @Test
  void ofLargeValuesNotAllAreRead() {
    assertThat(read(i -> 100_000).size()).isBetween(8, 12);
  }

  @Test
  void ofVeryLargeOnesNoSecondStepIsMade() {
    assertThat(read(i -> 1 << 20).size()).isEqualTo(BoundedReads.FIRST_STEP);
    assertThat(steps).containsExactly(BoundedReads.FIRST_STEP);
  }

  @Test
  void aFewLargeOnesAmongSmallOnesMakeSmallerSteps() {
    assertThat(read(i -> i == 7 ? 900_000 : 10).size()).isEqualTo(256);
    assertThat(steps.get(2)).isEqualTo(16); // with the large one
    assertThat(steps.get(3)).isLessThan(16);
  }
}
