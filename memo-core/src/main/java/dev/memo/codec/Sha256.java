package dev.memo.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash by which memo tells long things apart. Thread-safe. */
public final class Sha256 {
  private static final MessageDigest FRESH = newDigest();
  private static final Idle<MessageDigest> IDLE = new Idle<>(Sha256::digest);

  private Sha256() {}

  /** The 32 bytes of the hash. */
  public static byte[] of(byte[] bytes) {
    MessageDigest digest = IDLE.take();
    byte[] hash = digest.digest(bytes); // leaves it as new
    IDLE.giveBack(digest);
    return hash;
  }

  /** The first 8 bytes of the hash of the text in UTF-8, as a big-endian number. */
  public static long first8Of(String text) {
    return ByteBuffer.wrap(of(text.getBytes(UTF_8))).getLong();
  }

  /** A digest that nothing was given to yet; for one thread. */
  public static MessageDigest digest() {
    try {
      return (MessageDigest) FRESH.clone(); // much cheaper than a search through the providers
    } catch (CloneNotSupportedException e) {
      return newDigest(); // a provider from outside the JDK may not be able to
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
