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

  public long functionId() {
    return functionId;
  }

  /** Which epoch counter moves when this call is changed or removed. */
  public int stripe() {
    return crc & (Epochs.STRIPES - 1);
  }

  /** The bytes before a variant: {@code functionId | generation | kind | arguments or digest}. */
  public byte[] prefix(long generation) {
    return bytes(generation, null);
  }

  /** The database key of an entry. */
  public byte[] entryKey(long generation, int variant) {
    return bytes(generation, variant);
  }

  private byte[] bytes(long generation, @Nullable Integer variant) {
    int length = Long.BYTES + Varint.length(generation) + 1 + id.length;
    byte[] out = new byte[variant == null ? length : length + Integer.BYTES];
    LONG.set(out, 0, functionId);
    int at = Varint.write(generation, out, Long.BYTES);
    out[at++] = kind;
    System.arraycopy(id, 0, out, at, id.length);
    if (variant != null) {
      INT.set(out, length, (int) variant);
    }
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
