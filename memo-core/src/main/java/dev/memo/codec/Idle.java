package dev.memo.codec;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects that are costly to make and used by one thread at a time, kept for the next use.
 *
 * <p>They wait in slots that threads find by their id: a shared queue would cost more under
 * contention than reading a small value, and a thread local would live as long as each of a million
 * virtual threads. Thread-safe.
 */
public final class Idle<T> {
  /** Slots lie this far apart, so that no two share a cache line. */
  private static final int STRIDE = 32;

  static final int SLOTS = Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors());

  private final AtomicReferenceArray<@Nullable T> slots =
      new AtomicReferenceArray<>(SLOTS * STRIDE);

  private final Supplier<T> maker;

  public Idle(Supplier<T> maker) {
    this.maker = maker;
  }

  /** Takes an idle object, or makes one. */
  public T take() {
    T idle = slots.getAndSet(slot(), null);
    return idle != null ? idle : maker.get();
  }

  /** Puts an object back that nothing uses any more, as if it were new. */
  public void giveBack(T idle) {
    slots.setRelease(slot(), idle);
  }

  private static int slot() {
    long id = Thread.currentThread().getId();
    return (int) (id & (SLOTS - 1)) * STRIDE;
  }
}
