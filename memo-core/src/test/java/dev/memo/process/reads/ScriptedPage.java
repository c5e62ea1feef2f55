package dev.memo.process.reads;

import dev.memo.claims.Epochs;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** Says what a test lets it say. */
final class ScriptedPage implements OwnerPage {
  final AtomicLongArray stripes = new AtomicLongArray(Epochs.STRIPES);
  final AtomicLong directory = new AtomicLong(1);
  final AtomicLong lastChange = new AtomicLong();
  private final long owner;

  ScriptedPage(long owner) {
    this.owner = owner;
  }

  @Override
  public long stripe(int index) {
    return stripes.get(index);
  }

  @Override
  public long directory() {
    return directory.get();
  }

  @Override
  public long lastSequence() {
    return 0;
  }

  @Override
  public long ownerEpoch() {
    return owner;
  }

  @Override
  public long lastChange() {
    return lastChange.get();
  }
}
