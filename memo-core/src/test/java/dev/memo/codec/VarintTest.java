package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarintTest {

  @ParameterizedTest
  @CsvSource({"0, 00", "127, 7f", "128, 8001", "16383, ff7f", "16384, 808001"})
  void sevenBitsAByteLowestFirst(long value, String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    assertThat(Varint.write(value, bytes, 0)).isEqualTo(bytes.length);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
  }

  @Test
  void lengthIsThatOfWhatIsWrittenAtEveryBoundary() {
    byte[] room = new byte[10];
    for (int bits = 0; bits < Long.SIZE; bits++) {
      for (long value : new long[] {(1L << bits) - 1, 1L << bits, -1L << bits}) {
        Arrays.fill(room, (byte) 0);
        assertThat(Varint.length(value))
            .as("length of %x", value)
            .isEqualTo(Varint.write(value, room, 0));
      }
    }
  }
}
