package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.ForgedEntries;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Entries whose checksum holds, made by somebody who wants memory, time or a crash. */
class ForgedValueTest {
  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});
  private static final int ARRAY_LIST = 44;
  private static final int PATTERN = 35;
  private static final int SIZE = 20_000;

  private static final ResultFormat<List<List<String>>> LISTS =
      ResultFormat.of(new TypeRef<List<List<String>>>() {}.type(), List.of());

  /** What may follow a class: few bytes that ask for much. */
  private static final List<String> CONTENTS =
      List.of(
          "",
          "\0",
          "\0\0",
          "\1\0",
          "\1\0\0",
          "\0\1\0",
          "\0\1\0\0",
          "\1\1\1",
          "\1\1\0\1\0",
          "\0\1\1\0",
          "\0\0\0\0\0\0\0\0",
          "\2a",
          "\2Z",
          "\4en",
          "\6EUR",
          "\0\2a",
          "\0\6[a]",
          "\0\6\\pL",
          "\2\6\\pL");

  @Test
  @DisplayName(
      "P8: no class of the JDK takes more than 200 bytes of memory for a byte of its entry")
  void everyByteOfAnEntryTakesABoundedAmountOfMemory() {
    IntStream.range(0, 100)
        .forEach(
            id ->
                CONTENTS.forEach(
                    content -> {
                      byte[] bytes = manyOf(id, content);
                      Entry entry = DamagedBytesTest.forged(bytes);
                      long first = allocatedBy(entry); // classes are loaded, caches are filled
                      long again = allocatedBy(entry);
                      assertThat(again)
                          .as("class %d with %s, at first %d", id, content, first)
                          .isLessThan(
                              DamagedBytesTest.ALLOCATED
                                  + DamagedBytesTest.ALLOCATED_PER_BYTE * bytes.length);
                    }));
  }

  private static long allocatedBy(Entry entry) {
    long before = DamagedBytesTest.allocated();
    try {
      assertThat(LISTS.decode(entry)).isNotEmpty();
    } catch (EntryRejectedException e) {
      assertThat(e.reason()).isEqualTo(Reason.UNDECODABLE);
    }
    return DamagedBytesTest.allocated() - before;
  }

  /** A list of as many of them as fit. */
  private static byte[] manyOf(int id, String content) {
    ByteArrayOutputStream one = new ByteArrayOutputStream();
    writeVarint(one, 2 * id + 1);
    one.writeBytes(content.getBytes(StandardCharsets.ISO_8859_1));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(2 * ARRAY_LIST + 1);
    int count = SIZE / one.size();
    writeVarint(all, count);
    for (int i = 0; i < count; i++) {
      all.writeBytes(one.toByteArray());
    }
    return all.toByteArray();
  }

  private static void writeVarint(ByteArrayOutputStream out, int value) {
    for (; (value & ~0x7F) != 0; value >>>= 7) {
      out.write(value | 0x80);
    }
    out.write(value);
  }

  /** Few bytes that claim 131,072 elements at each of many levels. */
  private static byte[] lengthBomb() {
    byte[] bomb = new byte[200_000];
    for (int at = 0; at < 1200; ) {
      bomb[at++] = 2 * ARRAY_LIST + 1;
      bomb[at++] = (byte) 0x80;
      bomb[at++] = (byte) 0x80;
      bomb[at++] = 8;
    }
    return bomb;
  }

  @Test
  @DisplayName("P8: no length claims more memory than there are bytes, at any level")
  void nestedLengthsClaimNoMemory() {
    byte[] bomb = lengthBomb();
    assertThat(allocatedBy(DamagedBytesTest.forged(bomb)))
        .isLessThan(DamagedBytesTest.ALLOCATED + bomb.length);
  }

  @Test
  @DisplayName("P8, twin: room made for what lengths claim takes hundreds of bytes for one")
  void roomForWhatLengthsClaimIsMuch() {
    byte[] bomb = lengthBomb();
    int initialRoom = Elements.initialRoom;
    Elements.initialRoom = Integer.MAX_VALUE;
    try {
      assertThat(allocatedBy(DamagedBytesTest.forged(bomb))).isGreaterThan(500L * bomb.length);
    } finally {
      Elements.initialRoom = initialRoom;
    }
  }

  @Test
  @DisplayName("P8: a pattern that would be compiled in all orders of its accents is refused")
  void patternOfCanonicalEquivalenceIsRefused() {
    ResultFormat<Pattern> format = ResultFormat.of(Pattern.class, List.of());
    assertThatThrownBy(() -> format.encode(Pattern.compile("a", Pattern.CANON_EQ)))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("CANON_EQ");

    String accents = "a\u0300\u0327\u031b\u0345\u0334\u0323\u0315\u0321\u05b0\u05b1\u05b2\u05b3";
    byte[] text = accents.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream forged = new ByteArrayOutputStream();
    writeVarint(forged, 2 * PATTERN + 1);
    writeVarint(forged, Pattern.CANON_EQ);
    writeVarint(forged, 2 * text.length);
    forged.writeBytes(text);
    Entry entry = DamagedBytesTest.forged(forged.toByteArray());
    long before = DamagedBytesTest.allocated();
    assertThatThrownBy(() -> format.decode(entry))
        .isInstanceOf(EntryRejectedException.class)
        .hasMessageContaining("CANON_EQ");
    assertThat(DamagedBytesTest.allocated() - before).isLessThan(DamagedBytesTest.ALLOCATED);
  }

  /** Refuses what no caller could have made. */
  record Even(int number) {
    Even {
      if (number % 2 != 0) {
        throw new AssertionError("odd: " + number);
      }
    }
  }

  @Test
  @DisplayName("P2: a constructor that fails with an error on forged bytes is a miss")
  void errorOfAConstructorIsAMiss() {
    ResultFormat<Even> format = ResultFormat.of(Even.class, List.of());
    byte[] entry = Entry.write(1, 2, 3, 4, ARGUMENTS, format.encode(new Even(2)));
    entry[entry.length - 5] ^= 2; // the number, in zigzag
    ForgedEntries.sign(entry);
    assertThatThrownBy(() -> format.decode(Entry.parse(entry, 0)))
        .isInstanceOf(EntryRejectedException.class)
        .hasMessageContaining("constructor of " + Even.class.getName());
  }
}
