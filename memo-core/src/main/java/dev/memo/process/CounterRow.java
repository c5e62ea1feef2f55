package dev.memo.process;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named numbers as a row of the database: UTF-8, a line {@code name=number} for each, sorted by
 * name, each ended by a line feed. Who reads a name that it does not know keeps it.
 */
final class CounterRow {
  /** Of the lines of a row that counts what a function did. */
  static final int MAX_NAMES = 128;

  private static final int MAX_BYTES = 1 << 20;

  private CounterRow() {}

  static byte[] write(Map<String, Long> counts) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(counts)
        .forEach((name, count) -> lines.append(name).append('=').append(count).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a row.
   *
   * @throws IllegalArgumentException if it makes no sense
   */
  static Map<String, Long> read(byte[] row) {
    if (row.length > MAX_BYTES) {
      throw new IllegalArgumentException(row.length + " bytes");
    }
    String lines;
    try {
      lines = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(row)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not UTF-8", e);
    }
    Map<String, Long> counts = new TreeMap<>();
    for (String line : lines.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        counts.put(line.substring(0, equals), number(line.substring(equals + 1)));
      } else if (!line.isEmpty()) {
        throw new IllegalArgumentException("the line \"" + line + "\"");
      }
    }
    return counts;
  }

  private static long number(String digits) {
    long number = Long.parseLong(digits); // what is no number is an IllegalArgumentException
    if (number < 0) {
      throw new IllegalArgumentException("the number " + number);
    }
    return number;
  }

  /** Adds up to the largest number that there is. */
  static long sum(long left, long right) {
    long sum = left + right;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
