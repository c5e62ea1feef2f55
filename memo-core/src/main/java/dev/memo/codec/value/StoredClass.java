package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.Serializer;
import dev.memo.codec.Sha256;
import dev.memo.codec.type.Shapes;

/**
 * A run-time class of values of one format: how it is written, and whether a value that contains it
 * has been read back. Of some classes every value is: what one of them keeps says nothing about the
 * next.
 */
final class StoredClass extends Registration {
  /** The index of classes that are not members of a closed set, but known to all formats. */
  private static final int NONE = -1;

  private final int index;
  private final long nameHash;
  private final long shapeHash;
  private final boolean vouches;
  private final boolean fixed;

  /** Raced: at worst a further value is read back. */
  private volatile boolean verified;

  private StoredClass(
      Class<?> type,
      Serializer<?> serializer,
      int id,
      int index,
      long nameHash,
      long shapeHash,
      boolean vouches) {
    super(type, serializer, id);
    this.vouches = vouches;
    this.fixed = Immutability.of(type);
    this.index = index;
    this.nameHash = nameHash;
    this.shapeHash = shapeHash;
  }

  static StoredClass member(Class<?> type, Serializer<?> serializer, int index) {
    return new StoredClass(
        type,
        serializer,
        0,
        index,
        Sha256.first8Of(type.getName()),
        Sha256.first8Of(Shapes.ofClass(type)),
        !type.isRecord() || PlainRecord.is(type));
  }

  static StoredClass ofJdk(Class<?> type, JdkForm form) {
    return new StoredClass(
        type, form.serializer(), form.id(), NONE, 0, 0, !JdkForms.hidesItsEquality(type));
  }

  /** Whether the class is written by its place in the entry's list of shapes. */
  boolean isMember() {
    return index != NONE;
  }

  /** Position in the closed set. */
  int index() {
    return index;
  }

  long nameHash() {
    return nameHash;
  }

  long shapeHash() {
    return shapeHash;
  }

  boolean isVerified() {
    return verified;
  }

  void setVerified() {
    verified = vouches;
  }

  /** Whether values of the class can never change, and so stay equal or unequal to each other. */
  boolean isFixed() {
    return fixed;
  }
}
