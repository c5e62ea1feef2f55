package dev.memo.codec;

/** Opens the test doors of {@link Entry} to the tests of other packages. */
public final class ForgedEntries {
  private ForgedEntries() {}

  /** Gives changed bytes a checksum that holds. */
  public static void sign(byte[] bytes) {
    sign(bytes, 0);
  }

  /** The same where the entry begins at {@code offset}. */
  public static void sign(byte[] bytes, int offset) {
    Entry.sign(bytes, offset);
  }

  /** Parses bytes without looking at their checksum. */
  public static Entry parseUnchecked(byte[] bytes) throws EntryRejectedException {
    return Entry.parse(bytes, 0, false);
  }
}
