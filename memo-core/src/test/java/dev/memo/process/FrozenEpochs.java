package dev.memo.process;

import dev.memo.claims.Epochs;

/** Counters that never move: what was once current stays so. */
record FrozenEpochs(Epochs real) implements Epochs {
  @Override
  public long stripe(int index) {
    return 0;
  }

  @Override
  public long directory() {
    return 0;
  }

  @Override
  public long lastSequence() {
    return real.lastSequence();
  }
}
