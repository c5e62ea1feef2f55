package dev.memo.process;

import dev.memo.claims.CallKey;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of results that wait for a primary: a first line with magic and version, then records.
 *
 * <pre>
 *   u32  length of the rest of the record after its checksum
 *   u32  CRC32C of it
 *   16   id of the directory that the start counts in
 *   u64  function id, u8 kind, u32 length, arguments or digest
 *   u32  variant
 *   u64  start
 *        entry
 * </pre>
 *
 * <p>A record that is torn or damaged ends the file. Not thread-safe; no interrupt closes it.
 */
final class SpoolFile implements AutoCloseable {
  private static final Logger LOG = System.getLogger("dev.memo.process");
  private static final byte[] FIRST_LINE = "memo spool 1\n".getBytes(StandardCharsets.US_ASCII);

  /** Where the first record is. */
  static final long FIRST = FIRST_LINE.length;

  private static final int HEAD = 2 * Integer.BYTES;
  private static final int FIXED = 16 + Long.BYTES + 1 + Integer.BYTES + Integer.BYTES + Long.BYTES;
  private static final int MAX_RECORD = 256 << 20;
  private static final int ATTEMPTS = 1_000;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** A result. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Result(UUID directoryId, CallKey key, int variant, long start, byte[] entry) {}

  /** What to do with results. */
  @FunctionalInterface
  interface Visitor {
    void visit(Result result);
  }

  private final RandomAccessFile file;

  /** Where the next record will be: behind the last one that is whole. */
  private long end = FIRST;

  private SpoolFile(RandomAccessFile file) {
    this.file = file;
  }

  /**
   * Makes the file and locks it. There may be one that was made and could not be written.
   *
   * @throws IOException if there is a file with results in it, which stay
   */
  static SpoolFile create(Path path) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      SpoolFile spool = new SpoolFile(new RandomAccessFile(path.toFile(), "rw"));
      try {
        // before it is locked, the primary may take it for one that was left behind
        if (spool.file.getChannel().tryLock() != null && Files.exists(path)) {
          if (spool.file.length() > FIRST) {
            throw new IOException("there are results in " + path + " already");
          }
          spool.file.write(FIRST_LINE);
          return spool;
        }
      } catch (IOException | RuntimeException e) {
        spool.close();
        throw e;
      }
      spool.close();
      LockSupport.parkNanos(PAUSE_NANOS); // this thread may be interrupted
    }
    throw new IOException("somebody else has " + path + " locked");
  }

  /** Opens the file of a process that has ended; null if it has not. */
  static @Nullable SpoolFile takeOver(Path path) throws IOException {
    SpoolFile spool = new SpoolFile(new RandomAccessFile(path.toFile(), "rw"));
    try {
      if (spool.file.getChannel().tryLock() != null) {
        return spool;
      }
    } catch (IOException | RuntimeException e) {
      spool.close();
      throw e;
    }
    spool.close();
    return null;
  }

  /** Appends a result and returns where it is. */
  long append(Result result, boolean force) throws IOException {
    byte[] id = result.key().id();
    int length = FIXED + id.length + result.entry().length;
    ByteBuffer out = ByteBuffer.allocate(HEAD + length);
    out.putInt(length).putInt(0);
    out.putLong(result.directoryId().getMostSignificantBits());
    out.putLong(result.directoryId().getLeastSignificantBits());
    out.putLong(result.key().functionId());
    out.put((byte) result.key().kind()).putInt(id.length).put(id);
    out.putInt(result.variant()).putLong(result.start()).put(result.entry());
    CRC32C crc = new CRC32C();
    crc.update(out.array(), HEAD, length);
    out.putInt(Integer.BYTES, (int) crc.getValue());
    long offset = end;
    try {
      file.seek(offset);
      file.write(out.array());
      if (force) {
        file.getFD().sync();
      }
    } catch (IOException e) {
      cutOff(e); // what follows a record that is torn would not be found
      throw e;
    }
    end = offset + out.capacity();
    return offset;
  }

  private void cutOff(IOException why) {
    try {
      file.setLength(end);
    } catch (IOException e) {
      why.addSuppressed(e); // the next record is written over it
    }
  }

  /** Where the next record will be. */
  long end() {
    return end;
  }

  /** How many bytes the record of a result takes. */
  static long size(Result result) {
    return (long) HEAD + FIXED + result.key().id().length + result.entry().length;
  }

  /** The result there; null if it is torn, damaged, or there is none. */
  @Nullable Result read(long offset) throws IOException {
    file.seek(offset);
    byte[] head = new byte[HEAD];
    byte[] record;
    try {
      file.readFully(head);
      int length = ByteBuffer.wrap(head).getInt();
      if (length < FIXED || length > MAX_RECORD || length > file.length() - file.getFilePointer()) {
        return null;
      }
      record = new byte[length];
      file.readFully(record);
    } catch (EOFException e) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(record);
    return (int) crc.getValue() == ByteBuffer.wrap(head).getInt(Integer.BYTES)
        ? result(record)
        : null;
  }

  private static @Nullable Result result(byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    UUID directoryId = new UUID(in.getLong(), in.getLong());
    long functionId = in.getLong();
    int kind = in.get() & 0xFF;
    int length = in.getInt();
    if (length < 0 || length > in.remaining() - Integer.BYTES - Long.BYTES) {
      return null;
    }
    byte[] id = new byte[length];
    in.get(id);
    if (!CallKey.isPossible(kind, id)) {
      return null;
    }
    CallKey key = CallKey.received(functionId, kind, id);
    int variant = in.getInt();
    long start = in.getLong();
    return new Result(
        directoryId, key, variant, start, Arrays.copyOfRange(record, in.position(), record.length));
  }

  /** Shows all results up to the first that is torn. */
  void forEach(Visitor visitor) throws IOException {
    byte[] line = new byte[FIRST_LINE.length];
    file.seek(0);
    try {
      file.readFully(line);
    } catch (EOFException e) {
      return; // its process was killed when it began
    }
    if (!Arrays.equals(line, FIRST_LINE)) {
      throw new IOException("not a spool of this version");
    }
    long offset = line.length;
    for (Result result = read(offset); result != null; result = read(offset)) {
      offset = file.getFilePointer();
      visitor.visit(result);
    }
    if (offset < file.length()) {
      warnOfRest(file.length() - offset);
    }
  }

  static void warnOfRest(long bytes) {
    LOG.log(
        Level.WARNING,
        "The last {0} bytes of a spool cannot be read: its process was killed while it wrote, or"
            + " they are damaged",
        bytes);
  }

  /** Forgets all results. */
  void clear() throws IOException {
    end = FIRST;
    file.setLength(FIRST);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
