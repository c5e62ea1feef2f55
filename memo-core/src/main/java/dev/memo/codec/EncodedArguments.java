package dev.memo.codec;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call as bytes, which are not copied, with their digest, which is computed
 * when it is first asked for, and never twice. For the thread that makes the call.
 */
public final class EncodedArguments {
  private final byte[] bytes;
  private byte @Nullable [] digest;

  public EncodedArguments(byte[] bytes) {
    this.bytes = bytes;
  }

  /** All of them. Not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  /** Their SHA-256. Not to be changed. */
  public byte[] digest() {
    if (digest == null) {
      digest = Sha256.of(bytes);
    }
    return digest;
  }
}
