package dev.memo.benchmarks.stores;

/**
 * How much a store has to hold; some want to know before.
 *
 * @param valueChars length of each value, in ASCII characters
 * @param functions of memo that have them, about as many each
 */
public record Scale(long entries, int valueChars, int functions) {

  /** Of one function. */
  public Scale(long entries, int valueChars) {
    this(entries, valueChars, 1);
  }

  /** Of all values, without what it takes to find them. */
  long valueBytes() {
    return entries * valueChars;
  }

  /** The value of a number: half of it repeats itself, as text does. */
  public String value(long number) {
    StringBuilder value = new StringBuilder(valueChars);
    for (long i = 0; value.length() < valueChars; i++) {
      value.append(Long.toHexString(Key.of(number + i).low())).append("0123456789abcdef");
    }
    value.setLength(valueChars);
    return value.toString();
  }
}
