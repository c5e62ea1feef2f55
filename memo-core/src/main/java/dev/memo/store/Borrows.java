package dev.memo.store;

import dev.memo.failure.DirectoryClosedException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lends something that must not be used after it was freed, such as native memory.
 *
 * <p>A borrow adds one to a counter and then looks whether the thing is being closed; closing sets
 * the mark and then waits until all counters are zero. Both orders are sequentially consistent, so
 * one of the two sees the other. The counters are spread over cache lines and threads over the
 * counters: threads that only read do not write to a common line, which a single counter or a
 * read-write lock would make them do.
 */
final class Borrows<T> {
  /** Stack that returning a borrow may take, in the interpreter. */
  private static final int RETURN_BYTES = 1 << 10;

  /** Longs between two counters: two cache lines, because processors fetch lines in pairs. */
  private static final int SPACING = 16;

  private static final int STRIPES =
      Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors()) * 4 - 1) * 2;

  /** A stack overflow can cost the closing thread its wake-up, so it looks now and then. */
  private static final long LOOK_NANOS = 50_000_000;

  private final T lent;
  private final String name;
  private final Consumer<T> free;
  private final boolean awaitsReturns;
  private final AtomicLongArray counters = new AtomicLongArray((STRIPES + 1) * SPACING);
  private final Borrow<T>[] borrows;

  private final ReentrantLock closing = new ReentrantLock();
  private boolean freed; // guarded by closing

  /** Set once, before the first look at the counters. */
  private volatile @Nullable Thread closer;

  /**
   * @param name what is lent, for the message of a use after close
   * @param free called once, when nobody uses it any more
   */
  Borrows(T lent, String name, Consumer<T> free) {
    this(lent, name, free, true);
  }

  /**
   * @param awaitsReturns false only in tests, to see what is freed while it is used
   */
  Borrows(T lent, String name, Consumer<T> free, boolean awaitsReturns) {
    this.lent = lent;
    this.name = name;
    this.free = free;
    this.awaitsReturns = awaitsReturns;
    this.borrows = newBorrows();
  }

  @SuppressWarnings({
    "unchecked",
    "rawtypes"
  }) // an array of a generic type cannot be made otherwise
  private Borrow<T>[] newBorrows() {
    Borrow<T>[] all = new Borrow[STRIPES];
    for (int i = 0; i < STRIPES; i++) {
      all[i] = new Borrow<>(this, (i + 1) * SPACING);
    }
    return all;
  }

  /**
   * Begins a use, to be ended by the same thread.
   *
   * @throws DirectoryClosedException after {@link #close} was called
   */
  Borrow<T> borrow() {
    Borrow<T> borrow = tryBorrow();
    if (borrow == null) {
      throw new DirectoryClosedException(name + " was closed before this use");
    }
    return borrow;
  }

  /** As {@link #borrow}, but null after {@link #close} was called. */
  @Nullable Borrow<T> tryBorrow() {
    StackReserve.require(RETURN_BYTES);
    Borrow<T> borrow = borrows[stripe(Thread.currentThread().getId())];
    counters.getAndIncrement(borrow.counter);
    if (closer != null) {
      giveBack(borrow.counter);
      return null;
    }
    return borrow;
  }

  private static int stripe(long threadId) {
    // neighbouring ids land on different counters, and so do ids that differ by a power of two
    return (int) ((threadId * 0x9E3779B97F4A7C15L) >>> 40) & (STRIPES - 1);
  }

  private void giveBack(int counter) {
    counters.getAndDecrement(counter);
    Thread waiting = closer;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /**
   * Refuses new borrows, waits for the others, frees once. A second call waits for the first. An
   * interrupt does not shorten the wait: freeing early would crash.
   */
  void close() {
    closing.lock();
    try {
      if (freed) {
        return;
      }
      closer = Thread.currentThread();
      if (awaitsReturns) {
        awaitReturns();
      }
      freed = true;
      free.accept(lent);
    } finally {
      closing.unlock();
    }
  }

  /** How many borrows have not been returned; exact while nobody borrows. */
  long outstanding() {
    long sum = 0;
    for (Borrow<T> borrow : borrows) {
      sum += counters.get(borrow.counter);
    }
    return sum;
  }

  private void awaitReturns() {
    boolean interrupted = false;
    for (int i = 0; i < STRIPES; i++) {
      while (counters.get(borrows[i].counter) != 0) {
        LockSupport.parkNanos(this, LOOK_NANOS);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One use. Shared by the threads of its counter, so borrowing allocates nothing. */
  static final class Borrow<T> implements AutoCloseable {
    private final Borrows<T> owner;
    private final int counter;

    private Borrow(Borrows<T> owner, int counter) {
      this.owner = owner;
      this.counter = counter;
    }

    /** What is lent; not to be kept beyond {@link #close}. */
    T get() {
      return owner.lent;
    }

    @Override
    public void close() {
      owner.giveBack(counter);
    }
  }
}
