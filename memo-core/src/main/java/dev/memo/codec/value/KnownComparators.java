package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Comparators of sorted sets and maps that a byte can name; no other can be stored. */
final class KnownComparators {
  /** The position is the byte. */
  private static final List<@Nullable Comparator<?>> KNOWN =
      Arrays.asList(
          null,
          Comparator.naturalOrder(),
          Collections.reverseOrder(),
          String.CASE_INSENSITIVE_ORDER);

  private KnownComparators() {}

  static void write(Output out, @Nullable Comparator<?> comparator) {
    int code = KNOWN.indexOf(comparator);
    if (code < 0) {
      throw new Refusal(
          "its comparator "
              + comparator
              + " cannot be stored; only natural, reverse and case-insensitive order can: return a"
              + " list of the sorted elements");
    }
    out.writeByte(code);
  }

  @SuppressWarnings("unchecked") // elements that it cannot compare make damaged bytes
  static @Nullable Comparator<? super @Nullable Object> read(Input in) {
    int code = in.readByte();
    if (code < 0 || code >= KNOWN.size()) {
      throw new IllegalArgumentException("no comparator has the code " + code);
    }
    return (Comparator<? super @Nullable Object>) KNOWN.get(code);
  }
}
