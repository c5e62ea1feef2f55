package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Source;
import org.jspecify.annotations.Nullable;

/**
 * Local reads that tell when they have found something.
 *
 * @param found is called by the thread that reads
 */
public record ObservedReads(LocalReads target, Runnable found) implements LocalReads {
  @Override
  public @Nullable Stored read(CallKey key, int variant) {
    Stored stored = target.read(key, variant);
    if (stored != null) {
      found.run();
    }
    return stored;
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
