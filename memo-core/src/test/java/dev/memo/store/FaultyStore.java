package dev.memo.store;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Fails by script, and passes everything else on. */
public final class FaultyStore implements Store {
  private final Store store;
  private final Map<Integer, Reason> writes = new HashMap<>();
  private final Map<Integer, Reason> reads = new HashMap<>();
  private int writeCount;
  private int readCount;
  private @Nullable Reason allWrites;
  private @Nullable Reason allReads;
  private @Nullable Reason allScans;
  private boolean leavesRangesAlone;
  private Callable<?> beforeWrites = () -> true;
  private Callable<?> afterWrites = () -> true;
  private Callable<?> afterReads = () -> true;

  public FaultyStore(Store store) {
    this.store = store;
  }

  /** The nth write from now on fails. */
  public synchronized void failWrite(int nth, Reason reason) {
    writes.put(writeCount + nth, reason);
  }

  /** The nth get from now on fails. */
  public synchronized void failRead(int nth, Reason reason) {
    reads.put(readCount + nth, reason);
  }

  /** All writes fail until this is called with null. */
  public synchronized void failAllWrites(@Nullable Reason reason) {
    allWrites = reason;
  }

  /** All gets fail until this is called with null. */
  public synchronized void failAllReads(@Nullable Reason reason) {
    allReads = reason;
  }

  /** All scans fail until this is called with null. */
  public synchronized void failAllScans(@Nullable Reason reason) {
    allScans = reason;
  }

  /** Is called before each write from now on, outside of all locks of this store. */
  public synchronized void beforeWrites(Callable<?> action) {
    beforeWrites = action;
  }

  /** Is called after each write from now on that did not fail, outside of all locks. */
  public synchronized void afterWrites(Callable<?> action) {
    afterWrites = action;
  }

  /** Is called after each get from now on that did not fail, outside of all locks. */
  public synchronized void afterReads(Callable<?> action) {
    afterReads = action;
  }

  /** Removals of ranges are left out of all writes from now on. */
  public synchronized void leaveRangesAlone() {
    leavesRangesAlone = true;
  }

  private static Batch withoutRanges(Batch batch) {
    Batch rest = new Batch();
    for (Batch.Change change : batch.changes()) {
      if (change instanceof Batch.Put put) {
        rest.put(put.family(), put.key(), put.value());
      } else if (change instanceof Batch.Delete delete) {
        rest.delete(delete.family(), delete.key());
      }
    }
    return rest;
  }

  private synchronized Callable<?> afterReads() {
    return afterReads;
  }

  private synchronized Callable<?> afterWrites() {
    return afterWrites;
  }

  private synchronized Callable<?> beforeWrites() {
    return beforeWrites;
  }

  private static void fail(@Nullable Reason reason) {
    if (reason != null) {
      throw new StoreException(reason, "by script", null);
    }
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    synchronized (this) {
      fail(allReads);
      fail(reads.get(++readCount));
    }
    byte[] value = store.get(family, key);
    call(afterReads());
    return value;
  }

  @Override
  public List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) {
    return store.multiGet(family, keys);
  }

  @Override
  public void write(Batch batch) {
    call(beforeWrites());
    boolean whole;
    synchronized (this) {
      fail(allWrites);
      fail(writes.get(++writeCount));
      whole = !leavesRangesAlone;
    }
    store.write(whole ? batch : withoutRanges(batch));
    call(afterWrites());
  }

  private static void call(Callable<?> action) {
    try {
      action.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void scan(Family family, byte[] prefix, Visitor visitor) {
    synchronized (this) {
      fail(allScans);
    }
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
