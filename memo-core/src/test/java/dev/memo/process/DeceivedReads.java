package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.OwnerPage;
import dev.memo.process.reads.Source;
import dev.memo.store.ScriptedWriter;
import dev.memo.store.Writer;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Local reads that are shown less than the owner of the directory shows: for twins of tests. */
public final class DeceivedReads implements LocalReads {
  private final LocalReads target;
  private final UnaryOperator<OwnerPage> shown;

  private final UnaryOperator<Writer> said;

  private DeceivedReads(
      LocalReads target, UnaryOperator<OwnerPage> shown, UnaryOperator<Writer> said) {
    this.target = target;
    this.shown = shown;
    this.said = said;
  }

  /** The epochs stand still: nobody learns that what an opening has found is old. */
  public static LocalReads withFrozenEpochs(LocalReads target) {
    return new DeceivedReads(target, FrozenPage::new, writer -> writer);
  }

  /**
   * Stripes move when a change has been made, but nothing tells that one is under way: neither its
   * stripe, nor the count of acknowledged changes.
   */
  public static LocalReads withUnmarkedChanges(LocalReads target) {
    return new DeceivedReads(
        target, UnmarkedPage::new, writer -> ScriptedWriter.of(writer::tables));
  }

  @Override
  public void follow(Source source) {
    target.follow(
        new Source(
            source.data(),
            source.own(),
            shown.apply(source.page()),
            source.ownerEpoch(),
            said.apply(source.writer())));
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    return target.read(key, variant);
  }

  @Override
  public List<@Nullable Stored> readAll(List<CallKey> keys, int variant) {
    return target.readAll(keys, variant);
  }

  @Override
  public void rest() {
    target.rest();
  }

  @Override
  public void tidy() {
    target.tidy();
  }

  @Override
  public void close() {
    target.close();
  }

  private record UnmarkedPage(OwnerPage real) implements OwnerPage {
    @Override
    public long stripe(int index) {
      return real.stripe(index) & ~1L;
    }

    @Override
    public long directory() {
      return real.directory();
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
}
