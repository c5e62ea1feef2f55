package dev.memo.process;

import dev.memo.failure.StoreException;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that gives up its ballast when the disk is full. */
final class BallastedStore implements Store {
  private final Store store;
  private final Ballast ballast;

  BallastedStore(Store store, Ballast ballast) {
    this.store = store;
    this.ballast = ballast;
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return store.get(family, key);
  }

  @Override
  public List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) {
    return store.multiGet(family, keys);
  }

  @Override
  public void write(Batch batch) {
    try {
      store.write(batch);
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.NO_SPACE) {
        ballast.drop();
      }
      throw e;
    }
    ballast.restore();
  }

  @Override
  public void scan(Family family, byte[] prefix, Visitor visitor) {
    store.scan(family, prefix, visitor);
  }

  @Override
  public void close() {
    store.close();
  }
}
