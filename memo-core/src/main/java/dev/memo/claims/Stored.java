package dev.memo.claims;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An entry as the database keeps it: 8 bytes of sequence, set by the primary, then the entry's own
 * bytes. The array is not copied; nobody changes it.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; wraps what the database returned
public record Stored(byte[] bytes) {
  /** Where the entry's own bytes begin. */
  public static final int ENTRY_OFFSET = Long.BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Joins a sequence and an entry as they are stored. */
  public static Stored of(long sequence, byte[] entry) {
    byte[] bytes = new byte[ENTRY_OFFSET + entry.length];
    LONG.set(bytes, 0, sequence);
    System.arraycopy(entry, 0, bytes, ENTRY_OFFSET, entry.length);
    return new Stored(bytes);
  }

  /** The number of the mutation that stored it; 0 where the bytes are too short to say. */
  public long sequence() {
    return bytes.length < ENTRY_OFFSET ? 0 : (long) LONG.get(bytes, 0);
  }
}
