package dev.memo.benchmarks;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The last key that one process has stored, and when, in memory that all processes share. */
final class LagBoard {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int KEY_AT = 0;
  private static final int NANOS_AT = Long.BYTES;

  private final MappedByteBuffer longs;

  private LagBoard(MappedByteBuffer longs) {
    this.longs = longs;
  }

  static LagBoard open(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new LagBoard(channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * Long.BYTES));
    }
  }

  void write(long key, long nanos) {
    LONG.setOpaque(longs, NANOS_AT, nanos);
    LONG.setRelease(longs, KEY_AT, key);
  }

  /** Waits for the key; returns when it was stored, by the clock that all processes have. */
  long await(long key) {
    while ((long) LONG.getAcquire(longs, KEY_AT) != key) {
      Thread.onSpinWait();
    }
    return (long) LONG.getOpaque(longs, NANOS_AT);
  }
}
