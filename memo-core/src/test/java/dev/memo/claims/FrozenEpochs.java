package dev.memo.claims;

/**
 * Counters that never move: what was once current stays so.
 *
 * @param real still says how far the sequence is
 */
public record FrozenEpochs(Epochs real) implements Epochs {
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
