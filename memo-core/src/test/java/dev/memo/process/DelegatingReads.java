package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Source;
import org.jspecify.annotations.Nullable;

/** Passes everything on; tests override what they switch off. */
class DelegatingReads implements LocalReads {
  private final LocalReads target;

  DelegatingReads(LocalReads target) {
    this.target = target;
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    return target.read(key, variant);
  }

  @Override
  public @Nullable Stored readLatest(CallKey key, int variant) {
    return target.readLatest(key, variant);
  }

  @Override
  public void follow(Source source) {
    target.follow(source);
  }

  @Override
  public void rest() {
    target.rest();
  }

  @Override
  public void close() {
    target.close();
  }
}
