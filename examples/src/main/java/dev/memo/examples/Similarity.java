package dev.memo.examples;

import dev.memo.annotation.Cached;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.Deflater;

/**
 * How much class files have in common.
 *
 * <p>The measure is the normalised compression distance [Cilibrasi, Vitanyi: Clustering by
 * Compression, 2005]: two files that resemble each other compress better together than apart.
 */
final class Similarity {
  private static final Map<ClassFile, Contents> CONTENTS = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Contents(byte[] bytes, int compressedSize) {}

  private Similarity() {}

  /** Near 0 for files with the same bytes, near 1 for files that have nothing in common. */
  @Cached(SimilarClasses.DIRECTORY)
  static double distance(ClassFile a, ClassFile b) throws IOException {
    Contents left = contents(a);
    Contents right = contents(b);
    int together = compressedSize(left.bytes, right.bytes);
    int smaller = Math.min(left.compressedSize, right.compressedSize);
    int larger = Math.max(left.compressedSize, right.compressedSize);
    return (double) (together - smaller) / larger;
  }

  private static Contents contents(ClassFile file) throws IOException {
    Contents contents = CONTENTS.get(file);
    if (contents == null) {
      byte[] bytes = file.read();
      contents = new Contents(bytes, compressedSize(bytes));
      CONTENTS.put(file, contents);
    }
    return contents;
  }

  /** Of the parts one after the other. */
  static int compressedSize(byte[]... parts) {
    Deflater deflater = new Deflater();
    try {
      byte[] out = new byte[8 * 1024];
      int size = 0;
      for (byte[] part : parts) {
        deflater.setInput(part);
        while (!deflater.needsInput()) {
          size += deflater.deflate(out);
        }
      }
      deflater.finish();
      while (!deflater.finished()) {
        size += deflater.deflate(out);
      }
      return size;
    } finally {
      deflater.end();
    }
  }
}
