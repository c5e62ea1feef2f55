package dev.memo.process;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One of many locks whose readers ask before and after each look whether it is held. They find that
 * in one small array for all locks: in the locks themselves, which lie all over the heap, it would
 * cost them more than many a look. Reentrant.
 */
final class StripeLock {
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicIntegerArray holds; // of all locks, each written by its holder
  private final int index;

  StripeLock(AtomicIntegerArray holds, int index) {
    this.holds = holds;
    this.index = index;
  }

  void lock() {
    lock.lock();
    holds.set(index, lock.getHoldCount()); // seen before anything that the holder does
  }

  /**
   * @throws IllegalMonitorStateException if this thread does not hold it
   */
  void unlock() {
    if (lock.isHeldByCurrentThread()) {
      holds.setRelease(index, lock.getHoldCount() - 1);
    }
    lock.unlock();
  }
}
