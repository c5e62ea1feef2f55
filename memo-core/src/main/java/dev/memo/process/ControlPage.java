package dev.memo.process;

import dev.memo.claims.Epochs;
import dev.memo.process.reads.OwnerPage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The counters of a directory in a page that all its processes map: what the owner writes, the
 * others see at once, at the price of a read of memory.
 *
 * <p>Only counters: the worst that damaged bytes can do is to make readers ask the owner. The order
 * of bytes is the machine's, because the page is never used on another one. Counters that are
 * written often do not share a cache line with those that every hit reads.
 *
 * <p>The counters of changes decide what becomes of a database, so they are sealed: one that was
 * damaged is known to be, and counts as 0.
 */
final class ControlPage implements OwnerPage {
  private static final long MAGIC = 0x656761506f6d656dL; // "memoPage" in little-endian order
  private static final long LAYOUT = 2;

  private static final int MAGIC_AT = 0;
  private static final int LAYOUT_AT = 8;
  private static final int OWNER_EPOCH_AT = 128;
  private static final int DIRECTORY_EPOCH_AT = 256;
  private static final int LAST_SEQUENCE_AT = 384;
  static final int LAST_CHANGE_AT = 512;
  static final int LAST_REMOVAL_AT = 520;
  private static final int STRIPES_AT = 4096;
  static final int BYTES = STRIPES_AT + STRIPES * Long.BYTES;

  /** No honest counter comes near; a damaged one must not overflow. */
  private static final long LIMIT = 1L << 60;

  /** Multiplying by it spreads every bit of a count over the bits above. */
  private static final long SEAL = 0x9E37_79B9_7F4A_7C15L;

  private static final long SEAL_BITS = 0xFFFFL << 48;

  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final MappedByteBuffer page;

  private ControlPage(MappedByteBuffer page) {
    this.page = page;
  }

  /**
   * Maps the page, after building it where it is missing or damaged. Only who holds the owner lock
   * may. Raises the epochs of owner and directory: whoever read something before reads it again.
   *
   * @param formerOwnerEpoch the owner epoch that was published elsewhere
   */
  static ControlPage openAsOwner(Path file, long formerOwnerEpoch) {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      boolean whole = access.length() == BYTES;
      if (!whole) {
        // written, not just extended: a page without space on the disk kills whoever touches it
        access.write(new byte[BYTES]);
        access.setLength(BYTES);
      }
      ControlPage page =
          new ControlPage(access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
      if (!whole || !page.isSound()) {
        page.rebuild();
      }
      page.set(OWNER_EPOCH_AT, Math.max(page.ownerEpoch(), formerOwnerEpoch) + 1);
      page.raise(DIRECTORY_EPOCH_AT);
      page.endChanges(); // after that: what was read meanwhile is of the former owner's directory
      return page;
    } catch (IOException e) {
      throw Refusals.because("map", file, e);
    }
  }

  /**
   * Maps the page to read it.
   *
   * @throws IOException if there is none that can be used; the next owner makes one
   */
  static ControlPage openToRead(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != BYTES) {
        throw new IOException(file + " has " + channel.size() + " bytes instead of " + BYTES);
      }
      ControlPage page = new ControlPage(channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES));
      if (!page.isSound()) {
        throw new IOException(file + " is no control page");
      }
      return page;
    }
  }

  /**
   * Whether the file of this name shows what is mapped here. If it does not, it is another one: the
   * directory was made again, or the page was.
   */
  boolean isShownBy(Path file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(LAST_SEQUENCE_AT).order(ByteOrder.nativeOrder());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != BYTES) {
        return false; // and nothing of it may be touched, if it is the same one
      }
      long ownerBefore = ownerEpoch();
      long directoryBefore = directory();
      while (head.hasRemaining() && channel.read(head) >= 0) {
        // a read may end early
      }
      return !head.hasRemaining()
          && isBetween(ownerBefore, head.getLong(OWNER_EPOCH_AT), ownerEpoch())
          && isBetween(directoryBefore, head.getLong(DIRECTORY_EPOCH_AT), directory());
    }
  }

  /** Counters only grow. */
  private static boolean isBetween(long before, long read, long after) {
    return before <= read && read <= after;
  }

  private boolean isSound() {
    return get(MAGIC_AT) == MAGIC
        && get(LAYOUT_AT) == LAYOUT
        && isHonest(ownerEpoch())
        && isHonest(directory())
        && isHonest(lastSequence());
  }

  private static boolean isHonest(long counter) {
    return counter >= 0 && counter < LIMIT;
  }

  private void rebuild() {
    // first, and nothing that was read before counts; the old one may be lost, but no directory is
    // changed a million times a second
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    set(DIRECTORY_EPOCH_AT, isHonest(directory()) ? Math.max(directory() + 1, micros) : micros);
    set(MAGIC_AT, MAGIC);
    set(LAYOUT_AT, LAYOUT);
    set(OWNER_EPOCH_AT, 0);
    set(LAST_SEQUENCE_AT, 0);
    startChangesAt(0);
    for (int i = 0; i < STRIPES; i++) {
      set(STRIPES_AT + i * Long.BYTES, 0);
    }
  }

  @Override
  public long stripe(int index) {
    return get(STRIPES_AT + index * Long.BYTES);
  }

  @Override
  public long directory() {
    return get(DIRECTORY_EPOCH_AT);
  }

  @Override
  public long lastSequence() {
    return get(LAST_SEQUENCE_AT);
  }

  @Override
  public long ownerEpoch() {
    return get(OWNER_EPOCH_AT);
  }

  /** Makes the stripe {@linkplain Epochs odd}; the caller has the lock of its keys. */
  void beginChange(int stripe) {
    long now = stripe(stripe);
    set(STRIPES_AT + stripe * Long.BYTES, Epochs.isChanging(now) ? now + 2 : now + 1);
  }

  /** Makes the stripe even again, whether the change was made or not. */
  void endChange(int stripe) {
    set(STRIPES_AT + stripe * Long.BYTES, (stripe(stripe) | 1) + 1);
  }

  /** Ends the changes of an owner that was killed. */
  private void endChanges() {
    for (int i = 0; i < STRIPES; i++) {
      if (Epochs.isChanging(stripe(i))) {
        endChange(i);
      }
    }
  }

  void raiseDirectory() {
    raise(DIRECTORY_EPOCH_AT);
  }

  /** Shows that the sequence was assigned. A smaller one than is shown changes nothing. */
  void publish(long sequence) {
    long shown = lastSequence();
    while (shown < sequence && !LONG.compareAndSet(page, LAST_SEQUENCE_AT, shown, sequence)) {
      shown = lastSequence();
    }
  }

  @Override
  public long lastChange() {
    return unsealed(get(LAST_CHANGE_AT));
  }

  /** How many it had at the last one that removed or replaced something; 0 if not known. */
  long lastRemoval() {
    return unsealed(get(LAST_REMOVAL_AT));
  }

  /** The database has made so many changes. Fewer than are shown change nothing. */
  void showChange(long changeCount) {
    raiseSealed(LAST_CHANGE_AT, changeCount);
  }

  /** The last of so many changes has removed or replaced something. */
  void showRemoval(long changeCount) {
    raiseSealed(LAST_CHANGE_AT, changeCount);
    raiseSealed(LAST_REMOVAL_AT, changeCount);
  }

  /** The database begins with so many changes, whatever it or another one had before. */
  void startChangesAt(long changeCount) {
    set(LAST_REMOVAL_AT, sealed(Math.min(lastRemoval(), changeCount)));
    set(LAST_CHANGE_AT, sealed(changeCount));
  }

  private void raiseSealed(int at, long count) {
    long shown = get(at);
    while (unsealed(shown) < count && !LONG.compareAndSet(page, at, shown, sealed(count))) {
      shown = get(at);
    }
  }

  /** A count of 48 bits after 16 that depend on all of them; 0 is its own seal. */
  private static long sealed(long count) {
    return count | (count * SEAL & SEAL_BITS);
  }

  private static long unsealed(long bits) {
    long count = bits & ~SEAL_BITS;
    return sealed(count) == bits ? count : 0;
  }

  private long get(int at) {
    return (long) LONG.getVolatile(page, at);
  }

  private void set(int at, long value) {
    LONG.setVolatile(page, at, value);
  }

  private void raise(int at) {
    LONG.getAndAdd(page, at, 1L);
  }
}
