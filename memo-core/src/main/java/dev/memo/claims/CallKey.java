package dev.memo.claims;

import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Varint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What identifies a call in its directory, without the function's generation: function id, kind,
 * and the encoded arguments or their digest. Immutable; equal calls have equal keys.
 */
public final class CallKey {
  /** Up to this many bytes of encoded arguments are kept as they are. */
  public static final int MAX_VERBATIM_BYTES = 48;

  static final byte VERBATIM = 1;
  static final byte DIGEST = 2;

  /** How many bytes a variant takes at the end of an entry's key. */
  public static final int VARIANT_BYTES = Integer.BYTES;

  /** Marks the kind in the key of a tombstone. */
  private static final int TOMBSTONE = 0x80;

  private static final int DIGEST_BYTES = 32;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long functionId;
  private final byte kind;
  private final byte[] id;
  private final int crc;

  private CallKey(long functionId, byte kind, byte[] id) {
    this.functionId = functionId;
    this.kind = kind;
    this.id = id;
    this.crc = crc(functionId, kind, id);
  }

  /** The key of a call with these arguments. */
  public static CallKey of(long functionId, EncodedArguments arguments) {
    return arguments.length() <= MAX_VERBATIM_BYTES
        ? new CallKey(functionId, VERBATIM, arguments.bytes())
        : ofDigest(functionId, arguments.digest());
  }

  /** The key of a call with these encoded arguments, which are not copied. */
  public static CallKey of(long functionId, byte[] arguments) {
    return of(functionId, new EncodedArguments(arguments));
  }

  /** The key of a call whose arguments have this digest, of which tests take a part. */
  static CallKey ofDigest(long functionId, byte[] digest) {
    return new CallKey(functionId, DIGEST, digest);
  }

  /**
   * A key that another process sent.
   *
   * @throws IllegalArgumentException if it is not {@linkplain #isPossible possible}
   */
  public static CallKey received(long functionId, int kind, byte[] id) {
    if (!isPossible(kind, id)) {
      throw new IllegalArgumentException("no call key: kind " + kind + ", bytes " + id.length);
    }
    return new CallKey(functionId, (byte) kind, id);
  }

  /** Whether a key may have this kind and this id. */
  public static boolean isPossible(int kind, byte[] id) {
    return (kind == VERBATIM && id.length <= MAX_VERBATIM_BYTES)
        || (kind == DIGEST && id.length <= DIGEST_BYTES);
  }

  /** Whether {@link #id} is the encoded arguments or their digest. */
  public int kind() {
    return kind;
  }

  /** The encoded arguments, or their digest. Not copied. */
  public byte[] id() {
    return id;
  }

  public long functionId() {
    return functionId;
  }

  /** Which epoch counter moves when this call is changed or removed. */
  public int stripe() {
    return crc & (Epochs.STRIPES - 1);
  }

  /** How all database keys of this generation of a function begin, and no others. */
  public static byte[] prefix(long functionId, long generation) {
    byte[] out = new byte[Long.BYTES + Varint.length(generation)];
    LONG.set(out, 0, functionId);
    Varint.write(generation, out, Long.BYTES);
    return out;
  }

  /** How all database keys of the call's entries begin. */
  public byte[] prefix(long generation) {
    return bytes(generation, kind, 0);
  }

  /** The database key of an entry. */
  public byte[] entryKey(long generation, int variant) {
    byte[] out = bytes(generation, kind, VARIANT_BYTES);
    INT.set(out, out.length - VARIANT_BYTES, variant);
    return out;
  }

  /** The database key of what tells that the call was changed; no entry has it. */
  public byte[] tombstoneKey(long generation) {
    return bytes(generation, (byte) (kind | TOMBSTONE), 0);
  }

  private byte[] bytes(long generation, byte marked, int more) {
    byte[] out = new byte[Long.BYTES + Varint.length(generation) + 1 + id.length + more];
    LONG.set(out, 0, functionId);
    int at = Varint.write(generation, out, Long.BYTES);
    out[at++] = marked;
    System.arraycopy(id, 0, out, at, id.length);
    return out;
  }

  private static int crc(long functionId, byte kind, byte[] id) {
    byte[] head = new byte[Long.BYTES + 1];
    LONG.set(head, 0, functionId);
    head[Long.BYTES] = kind;
    CRC32C crc = new CRC32C();
    crc.update(head, 0, head.length);
    crc.update(id, 0, id.length);
    return (int) crc.getValue();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallKey that
        && functionId == that.functionId
        && crc == that.crc
        && kind == that.kind
        && Arrays.equals(id, that.id);
  }

  @Override
  public int hashCode() {
    return crc;
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(functionId) + (kind == VERBATIM ? "/=" : "/#") + hex.formatHex(id);
  }
}
