package dev.memo.process;

import dev.memo.process.reads.OwnerPage;

/**
 * A page whose epochs never move: what was once right stays so.
 *
 * @param real still says who owns the directory and how much was written
 */
record FrozenPage(OwnerPage real) implements OwnerPage {
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

  @Override
  public long ownerEpoch() {
    return real.ownerEpoch();
  }

  @Override
  public long lastChange() {
    return real.lastChange();
  }
}
