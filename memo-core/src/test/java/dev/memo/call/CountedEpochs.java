package dev.memo.call;

import dev.memo.claims.Epochs;
import java.util.concurrent.atomic.AtomicLong;

/** Epochs whose sum stands for what is stored: it changes when, and only when, an epoch moves. */
final class CountedEpochs implements Epochs {
  private final AtomicLong stripe = new AtomicLong();
  private final AtomicLong directory = new AtomicLong();

  /** Epochs that never move: the check of a freshness then always succeeds. */
  static final Epochs FROZEN = new CountedEpochs();

  void raiseStripe() {
    stripe.incrementAndGet();
  }

  void raiseDirectory() {
    directory.incrementAndGet();
  }

  long stored() {
    return stripe.get() + directory.get();
  }

  @Override
  public long stripe(int index) {
    return stripe.get();
  }

  @Override
  public long directory() {
    return directory.get();
  }

  @Override
  public long lastSequence() {
    return stored();
  }

  /** What calls and invalidations promise: a call sees all invalidations before it. */
  public static final class Promise {
    private long invalidations;

    public long call() {
      return invalidations;
    }

    public void invalidate() {
      invalidations++;
    }

    public void invalidateAll() {
      invalidations++;
    }
  }
}
