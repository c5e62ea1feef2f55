package dev.memo.codec;

/** A stored result with its header; a view of bytes whose checksum holds. Immutable. */
public final class Entry {

  private Entry() {}

  /** Reads the bytes from {@code offset} to the end of the array, which is not copied. */
  public static Entry parse(byte[] bytes, int offset) throws EntryRejectedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes an entry.
   *
   * @param start the last sequence that was assigned when the computation began
   * @param createdMillis wall clock at the start of the computation, since 1970
   * @param durationNanos how long the computation took
   * @param codeFingerprint of the function; 0 if unknown
   * @param arguments the encoded arguments, for the header's length, digest and copy
   */
  public static byte[] write(
      long start,
      long createdMillis,
      long durationNanos,
      long codeFingerprint,
      byte[] arguments,
      EncodedValue value) {
    throw new UnsupportedOperationException();
  }

  /** Rejects the entry if it does not belong to these encoded arguments. */
  public void requireArguments(byte[] arguments) throws EntryRejectedException {
    throw new UnsupportedOperationException();
  }

  /** Length of the entry in bytes. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  public long start() {
    throw new UnsupportedOperationException();
  }

  public long createdMillis() {
    throw new UnsupportedOperationException();
  }

  public long durationNanos() {
    throw new UnsupportedOperationException();
  }

  public long codeFingerprint() {
    throw new UnsupportedOperationException();
  }
}
