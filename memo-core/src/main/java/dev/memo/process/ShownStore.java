package dev.memo.process;

import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store whose changes are shown on the control page once they are written: what secondaries find
 * in the log beyond that may not be on the disk yet. Thread-safe.
 */
final class ShownStore implements Store {
  private final Store store;
  private final ControlPage page;

  /** Shows what was written before, too. */
  ShownStore(Store store, ControlPage page) {
    this.store = store;
    this.page = page;
    page.showChange(store.changeCount());
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
    store.write(batch);
    page.showChange(store.changeCount());
  }

  @Override
  public void scan(Family family, byte[] prefix, Visitor visitor) {
    store.scan(family, prefix, visitor);
  }

  @Override
  public long changeCount() {
    return store.changeCount();
  }

  @Override
  public long tables() {
    return store.tables();
  }

  @Override
  public void close() {
    store.close();
  }
}
