package dev.memo.codec.value;

import dev.memo.codec.Entry;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes an entry as disks do, and as somebody would who knows how it is built. */
final class EntryMutations {
  /** Where the header ends and lengths begin; from the Javadoc of {@link Entry}. */
  private static final int LENGTHS = 66;

  private static final int SHAPE_BYTES = 16;
  private static final int CRC_BYTES = 4;

  /** Varints that claim much: the largest int, minus one, 128 Mi, 16,384, and one without end. */
  private static final byte[][] HUGE = {
    {-1, -1, -1, -1, 7},
    {-1, -1, -1, -1, 15},
    {-128, -128, -128, 64},
    {-128, -128, 1},
    {-128, -128, -128, -128, -128, -128}
  };

  private final byte[] original;
  private final int shapes;
  private final int value;
  private final int end;
  private final byte[] foreign;
  private final SplittableRandom random;

  /**
   * @param entry what is changed
   * @param foreign bytes of the value of another type
   */
  EntryMutations(Entry entry, byte[] foreign, SplittableRandom random) {
    this.original = entry.bytes();
    this.shapes = entry.valueOffset() - entry.shapes().length * Long.BYTES;
    this.value = entry.valueOffset();
    this.end = original.length - CRC_BYTES;
    this.foreign = foreign;
    this.random = random;
  }

  /** An entry with one to five changes; seldom they undo each other, or change nothing. */
  byte[] next() {
    boolean structured = random.nextInt(3) == 0;
    byte[] bytes = structured ? structured() : original.clone();
    int changes = random.nextInt(structured ? 0 : 1, 5);
    for (int i = 0; i < changes; i++) {
      bytes = damaged(bytes);
    }
    return bytes;
  }

  /** What a disk does: bits, bytes, pieces in the wrong place, an early end. */
  private byte[] damaged(byte[] bytes) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(5)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt(256);
      case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
      case 3 -> {
        return Arrays.copyOf(bytes, 1 + at);
      }
      default -> {
        int from = random.nextInt(bytes.length);
        int length = Math.min(random.nextInt(16), bytes.length - Math.max(at, from));
        System.arraycopy(bytes, from, bytes, at, length);
      }
    }
    return bytes;
  }

  /** What somebody does who knows the layout. */
  private byte[] structured() {
    int somewhere = value == end ? value : random.nextInt(value, end);
    byte[] huge = HUGE[random.nextInt(HUGE.length)];
    return switch (random.nextInt(10)) {
      case 0 -> replaced(LENGTHS, LENGTHS + 1, huge); // length of the arguments
      case 1 -> replaced(shapes - 1, shapes, huge); // number of shapes
      case 2 -> replaced(somewhere, Math.min(end, somewhere + 1), huge); // a length in the value
      case 3 -> replaced(somewhere, end); // nested parts end early
      case 4 -> replaced(end, end, Arrays.copyOfRange(original, somewhere, end)); // and come twice
      case 5 -> replaced(value, end, foreign); // the value of another type
      case 6 -> replaced(somewhere, somewhere, classCode()); // another class
      case 7 -> value == shapes ? original.clone() : withoutAShape();
      case 8 -> value == shapes ? original.clone() : withOtherShapes();
      default -> replaced(1, 2, new byte[] {(byte) random.nextInt(8)}); // flags
    };
  }

  private byte[] classCode() {
    int code = random.nextInt(400);
    return code < 128
        ? new byte[] {(byte) code}
        : new byte[] {(byte) (code | 0x80), (byte) (code >>> 7)};
  }

  private byte[] withoutAShape() {
    byte[] fewer = replaced(shapes, shapes + SHAPE_BYTES);
    fewer[shapes - 1]--;
    return fewer;
  }

  /** The first shape in the place of the last, so that a class is there twice. */
  private byte[] withOtherShapes() {
    byte[] bytes = original.clone();
    System.arraycopy(bytes, shapes, bytes, value - SHAPE_BYTES, SHAPE_BYTES);
    return bytes;
  }

  private byte[] replaced(int from, int to, byte... by) {
    byte[] bytes = Arrays.copyOf(original, original.length - (to - from) + by.length);
    System.arraycopy(by, 0, bytes, from, by.length);
    System.arraycopy(original, to, bytes, from + by.length, original.length - to);
    return bytes;
  }
}
