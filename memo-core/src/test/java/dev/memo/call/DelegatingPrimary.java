package dev.memo.call;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import org.jspecify.annotations.Nullable;

/** Passes everything on; tests override what they switch off. */
public class DelegatingPrimary implements Primary {
  private final Primary target;

  public DelegatingPrimary(Primary target) {
    this.target = target;
  }

  @Override
  public void register(long functionId, String identity) {
    target.register(functionId, identity);
  }

  @Override
  public void rememberRemovals(long functionId) {
    target.rememberRemovals(functionId);
  }

  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    return target.read(key, variant);
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    return target.claim(key, variant, rejected, chain);
  }

  @Override
  public Claim begin(CallKey key, int variant, Chain chain) {
    return target.begin(key, variant, chain);
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    return target.put(key, variant, claim, entry, rejected);
  }

  @Override
  public boolean isOutdated(CallKey key, long start) {
    return target.isOutdated(key, start);
  }

  @Override
  public void release(CallKey key, int variant, Claim claim) {
    target.release(key, variant, claim);
  }

  @Override
  public void abandon(CallKey key, int variant, Answer.Wait wait) {
    target.abandon(key, variant, wait);
  }

  @Override
  public void invalidate(CallKey key) {
    target.invalidate(key);
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    return target.replace(key, variant, entry, start);
  }

  @Override
  public void invalidateAll(long functionId) {
    target.invalidateAll(functionId);
  }

  @Override
  public Epochs epochs() {
    return target.epochs();
  }
}
