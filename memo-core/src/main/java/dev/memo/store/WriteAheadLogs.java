package dev.memo.store;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Looks for damage in a database's logs before it is opened. RocksDB itself stops at damage without
 * a word, loses what comes after, and never returns from some of it: from a record whose type says
 * that the log was recycled, which ours never are.
 *
 * <p>A log is blocks of 32 KiB, of records that do not cross them: masked CRC32C of type and
 * content (4), length of the content (2) and type (1), little-endian, and the content. A log that
 * ends inside a record, or in zeros, is how a kill or a power cut leaves it, and is no damage.
 */
public final class WriteAheadLogs {
  private static final int BLOCK = 32_768;
  private static final int HEAD = 7;
  private static final int FIRST_RECYCLED_TYPE = 5;
  private static final int LAST_RECYCLED_TYPE = 8;
  private static final int MASK = 0xa282ead8;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Where a log stops to make sense.
   *
   * @param at how many bytes before it can be read
   * @param lost how many bytes follow
   */
  public record Damage(Path log, long at, long lost) {}

  private WriteAheadLogs() {}

  /**
   * How far a log was looked at.
   *
   * @param to where the block begins in which it ended, so far
   * @param damage null if it made sense up to there
   */
  record Look(long to, @Nullable Damage damage) {}

  /** What is damaged in the database in this folder. */
  public static List<Damage> damageIn(Path folder) throws IOException {
    List<Damage> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
        for (Path log : logs) {
          Damage damage = look(log, 0).damage;
          if (damage != null) {
            found.add(damage);
          }
        }
      }
    }
    return found;
  }

  /** What is damaged in its manifest, which is written like a log; null if nothing is. */
  public static @Nullable Damage damageInManifest(Path folder) throws IOException {
    Path current = folder.resolve("CURRENT");
    if (!Files.exists(current)) {
      return null;
    }
    Path manifest = folder.resolve(Outline.ofTables(folder).manifest());
    return Files.isRegularFile(manifest) ? look(manifest, 0).damage : null;
  }

  /**
   * Looks at one.
   *
   * @param from where a block begins; what is before is not looked at
   */
  static Look look(Path log, long from) throws IOException {
    try (InputStream in = Files.newInputStream(log)) {
      in.skipNBytes(from);
      long start = from;
      for (byte[] block = in.readNBytes(BLOCK); block.length > 0; block = in.readNBytes(BLOCK)) {
        int end = endOfSense(block);
        if (end >= 0) {
          return isZero(block, end) && isZero(in)
              ? new Look(start, null)
              : new Look(start, new Damage(log, start + end, Files.size(log) - start - end));
        }
        if (block.length < BLOCK) {
          return new Look(start, null);
        }
        start += block.length;
      }
      return new Look(start, null);
    }
  }

  /** Where the first record begins that makes no sense; -1 if there is none. */
  private static int endOfSense(byte[] block) {
    CRC32C crc = new CRC32C();
    int at = 0;
    while (block.length - at >= HEAD) {
      int length = (short) SHORT.get(block, at + 4) & 0xFFFF;
      int type = block[at + 6] & 0xFF;
      if (length > BLOCK - HEAD - at || isRecycled(type)) {
        return at;
      }
      if (length > block.length - HEAD - at) {
        return -1; // torn
      }
      crc.reset();
      crc.update(block, at + HEAD - 1, 1 + length);
      int sum = (int) crc.getValue();
      if ((int) INT.get(block, at) != Integer.rotateRight(sum, 15) + MASK) {
        return at;
      }
      at += HEAD + length;
    }
    return -1;
  }

  private static boolean isRecycled(int type) {
    return type >= FIRST_RECYCLED_TYPE && type <= LAST_RECYCLED_TYPE;
  }

  private static boolean isZero(InputStream in) throws IOException {
    for (byte[] block = in.readNBytes(BLOCK); block.length > 0; block = in.readNBytes(BLOCK)) {
      if (!isZero(block, 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
