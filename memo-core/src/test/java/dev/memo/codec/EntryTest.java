package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.value.ResultFormat;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EntryTest {
  record Stored(String name, List<Integer> numbers) {}

  private static final ResultFormat<Stored> FORMAT = ResultFormat.of(Stored.class, List.of());
  private static final Stored VALUE = new Stored("caf\u00e9", List.of(1, -2, 300));
  private static final EncodedArguments ARGUMENTS =
      new EncodedArguments("arguments".getBytes(StandardCharsets.UTF_8));

  private static byte[] entry() {
    return Entry.write(11, 22, 33, 44, ARGUMENTS, FORMAT.encode(VALUE));
  }

  private static Reason rejection(RejectableAction action) {
    return catchThrowableOfType(EntryRejectedException.class, action::run).reason();
  }

  private interface RejectableAction {
    void run() throws EntryRejectedException;
  }

  @Test
  void headerAndValueComeBack() throws Exception {
    byte[] shifted = new byte[entry().length + 8];
    System.arraycopy(entry(), 0, shifted, 8, entry().length);
    Entry entry = Entry.parse(shifted, 8);
    assertThat(entry.start()).isEqualTo(11);
    assertThat(entry.createdMillis()).isEqualTo(22);
    assertThat(entry.durationNanos()).isEqualTo(33);
    assertThat(entry.codeFingerprint()).isEqualTo(44);
    entry.requireArguments(ARGUMENTS);
    assertThat(FORMAT.decode(entry)).isEqualTo(VALUE);
  }

  @Test
  @DisplayName("P2: an entry of format 1 is read by every later version")
  void storedEntryIsStillRead() throws Exception {
    try (InputStream in = EntryTest.class.getResourceAsStream("/stored/entry-format-1.hex")) {
      String hex = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      byte[] bytes = HexFormat.of().parseHex(hex.strip());
      assertThat(FORMAT.decode(Entry.parse(bytes, 0))).isEqualTo(VALUE);
      assertThat(HexFormat.of().formatHex(entry())).isEqualTo(hex.strip());
    }
  }

  @Test
  @DisplayName("P2: an entry of other arguments is a collision, with or without a copy of them")
  void otherArgumentsCollide() throws Exception {
    for (int length : new int[] {0, 1, 48, Entry.MAX_COPIED_ARGUMENTS, 5000}) {
      byte[] bytes = new byte[length];
      byte[] stored = Entry.write(1, 2, 3, 4, new EncodedArguments(bytes), FORMAT.encode(VALUE));
      Entry entry = Entry.parse(stored, 0);
      entry.requireArguments(new EncodedArguments(bytes.clone()));
      assertCollides(entry, new byte[length + 1]);
      if (length > 0) {
        byte[] other = bytes.clone();
        other[length - 1] = 1;
        assertCollides(entry, other);
      }
    }
  }

  private static void assertCollides(Entry entry, byte[] arguments) {
    assertThat(rejection(() -> entry.requireArguments(new EncodedArguments(arguments))))
        .isEqualTo(Reason.COLLISION);
  }

  @Test
  @DisplayName("P2: every flipped bit is noticed")
  void flippedBitIsNoticed() {
    for (int bit = 0; bit < entry().length * 8; bit++) {
      byte[] damaged = entry();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(rejection(() -> Entry.parse(damaged, 0))).isIn(Reason.DAMAGED, Reason.FORMAT);
    }
  }

  @Test
  @DisplayName("P2, twin: without the checksum flipped bits give wrong values")
  void withoutChecksumFlippedBitsGiveWrongValues() {
    int wrong = 0;
    for (int bit = 0; bit < entry().length * 8; bit++) {
      byte[] damaged = entry();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        wrong += VALUE.equals(FORMAT.decode(Entry.parse(damaged, 0, false))) ? 0 : 1;
      } catch (EntryRejectedException noticed) {
        assertThat(noticed.reason()).isNotNull();
      }
    }
    assertThat(wrong).isPositive();
  }

  @Test
  void truncatedEntryIsDamaged() {
    for (int length = 0; length < entry().length; length++) {
      byte[] cut = Arrays.copyOf(entry(), length);
      assertThat(rejection(() -> Entry.parse(cut, 0))).isEqualTo(Reason.DAMAGED);
    }
  }

  @Test
  void anotherVersionIsAnotherFormat() {
    byte[] newer = entry();
    newer[0] = 2;
    Entry.sign(newer, 0);
    assertThat(rejection(() -> Entry.parse(newer, 0))).isEqualTo(Reason.FORMAT);
  }
}
