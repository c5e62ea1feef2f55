package dev.memo.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Numbers that processes of a test share in a mapped file: what one writes, all see at once. */
final class SharedLongs {
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer bytes;

  private SharedLongs(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Makes the file if it is missing, with zeros. */
  static SharedLongs open(Path file, int count) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      return new SharedLongs(
          access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, (long) count * Long.BYTES));
    }
  }

  long get(int index) {
    return (long) LONG.getVolatile(bytes, index * Long.BYTES);
  }

  void set(int index, long value) {
    LONG.setVolatile(bytes, index * Long.BYTES, value);
  }

  void add(int index, long more) {
    long unused = (long) LONG.getAndAdd(bytes, index * Long.BYTES, more);
  }
}
