package dev.memo.process;

import dev.memo.claims.CallKey;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The claims of a directory, under many locks. Who takes several takes them in one order. */
final class ClaimStripes {
  /**
   * Many, because a lock is held during a write, which POWER_LOSS makes slow. A power of two, as
   * the number of epoch stripes, so that keys of one epoch stripe share a lock.
   */
  private static final int LOCKS = 1024;

  private final ClaimStripe[] stripes = new ClaimStripe[LOCKS];
  private final AtomicIntegerArray holds = new AtomicIntegerArray(LOCKS);

  ClaimStripes() {
    AtomicLong claimIds = new AtomicLong();
    for (int i = 0; i < LOCKS; i++) {
      stripes[i] = new ClaimStripe(claimIds, new StripeLock(holds, i));
    }
  }

  /** The stripe of this key, whether locked or not. */
  ClaimStripe of(CallKey key) {
    return stripes[index(key)];
  }

  /** Whether somebody holds the lock of this key; for those who do not. */
  boolean isLocked(CallKey key) {
    return holds.get(index(key)) > 0;
  }

  /**
   * Waits until whoever holds the lock of this key has let it go, and says whether somebody did;
   * for those who do not hold it.
   */
  boolean awaitUnlocked(CallKey key) {
    if (!isLocked(key)) {
      return false;
    }
    lock(key).lock().unlock();
    return true;
  }

  private static int index(CallKey key) {
    return key.stripe() & (LOCKS - 1);
  }

  /** The stripe of this key, locked. */
  ClaimStripe lock(CallKey key) {
    ClaimStripe stripe = of(key);
    stripe.lock().lock();
    return stripe;
  }

  /** The stripes of these keys, in the order in which they are to be locked. */
  List<ClaimStripe> of(Collection<CallKey> keys) {
    return keys.stream()
        .mapToInt(ClaimStripes::index)
        .sorted()
        .distinct()
        .mapToObj(i -> stripes[i])
        .toList();
  }

  /** The stripes of these keys, locked; to be unlocked by {@link #unlock}. */
  List<ClaimStripe> lockAll(Collection<CallKey> keys) {
    List<ClaimStripe> wanted = of(keys);
    lock(wanted);
    return wanted;
  }

  /** All stripes, locked. */
  List<ClaimStripe> lockAll() {
    List<ClaimStripe> all = List.of(stripes);
    lock(all);
    return all;
  }

  /** Locks these, which are in their order: all of them, or none if that fails with one. */
  static void lock(List<ClaimStripe> wanted) {
    int locked = 0;
    try {
      for (; locked < wanted.size(); locked++) {
        wanted.get(locked).lock().lock();
      }
    } finally {
      if (locked < wanted.size()) {
        unlock(wanted, locked); // one that stayed locked would keep everybody from its keys
      }
    }
  }

  static void unlock(List<ClaimStripe> locked) {
    unlock(locked, locked.size());
  }

  /** Needs no memory: what it does not unlock stays locked. */
  private static void unlock(List<ClaimStripe> locked, int count) {
    for (int i = 0; i < count; i++) {
      locked.get(i).lock().unlock();
    }
  }

  /** Does something with each, one after the other under its lock. */
  void each(Consumer<ClaimStripe> action) {
    for (ClaimStripe stripe : stripes) {
      stripe.lock().lock();
      try {
        action.accept(stripe);
      } finally {
        stripe.lock().unlock();
      }
    }
  }
}
