package dev.memo.process;

import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.OwnerPage;
import dev.memo.process.reads.Source;

/** Reads of a process that does not see epochs move. */
final class FrozenReads extends DelegatingReads {
  FrozenReads(LocalReads target) {
    super(target);
  }

  @Override
  public void follow(Source source) {
    super.follow(
        new Source(
            source.data(), source.own(), new FrozenPage(source.page()), source.ownerEpoch()));
  }

  private record FrozenPage(OwnerPage real) implements OwnerPage {
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

    @Override
    public long lastRemoval() {
      return real.lastRemoval();
    }
  }
}
