package dev.memo.store;

import dev.memo.failure.DirectoryClosedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store in memory. */
public final class HeapStore implements Store {
  private final Map<Family, NavigableMap<byte[], byte[]>> families = new EnumMap<>(Family.class);
  private long changeCount;
  private boolean closed;

  public HeapStore() {
    for (Family family : Family.values()) {
      families.put(family, inByteOrder());
    }
  }

  @SuppressWarnings("Incomparable") // the map has a comparator
  private static NavigableMap<byte[], byte[]> inByteOrder() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  private NavigableMap<byte[], byte[]> rows(Family family) {
    if (closed) {
      throw wasClosed();
    }
    return families.computeIfAbsent(family, none -> inByteOrder());
  }

  private static DirectoryClosedException wasClosed() {
    return new DirectoryClosedException("the heap store was closed before this use");
  }

  @Override
  public synchronized byte @Nullable [] get(Family family, byte[] key) {
    byte[] value = rows(family).get(key);
    return value == null ? null : value.clone();
  }

  @Override
  public synchronized List<byte @Nullable []> multiGet(Family family, List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>();
    for (byte[] key : keys) {
      values.add(get(family, key));
    }
    return values;
  }

  @Override
  public synchronized void write(Batch batch) {
    for (Batch.Change change : batch.changes()) {
      NavigableMap<byte[], byte[]> rows = rows(change.family());
      if (change instanceof Batch.Put put) {
        rows.put(put.key(), put.value());
      } else if (change instanceof Batch.Delete delete) {
        rows.remove(delete.key());
      } else if (change instanceof Batch.DeleteRange range) {
        rows.subMap(range.first(), range.end()).clear();
      }
    }
    changeCount += batch.changes().size();
  }

  @Override
  public synchronized void scan(Family family, byte[] prefix, Visitor visitor) {
    for (Map.Entry<byte[], byte[]> row : rows(family).tailMap(prefix, true).entrySet()) {
      byte[] key = row.getKey();
      boolean inside =
          key.length >= prefix.length
              && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
      if (!inside || !visitor.visit(key, row.getValue())) {
        return;
      }
    }
  }

  @Override
  public synchronized long changeCount() {
    if (closed) {
      throw wasClosed();
    }
    return changeCount;
  }

  @Override
  public synchronized long tables() {
    return 0;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
