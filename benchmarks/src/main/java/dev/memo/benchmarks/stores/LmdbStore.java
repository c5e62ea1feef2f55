package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.Txn;

/**
 * A mapped B-tree. A write is durable against a killed process, as memo's is, but not against a
 * power cut; it is a transaction of its own. Each thread keeps a transaction for reading, which
 * sees the latest state because it is renewed for each read.
 */
final class LmdbStore implements KeyValueStore {
  private static final int TIMES_VALUES = 4;
  private static final long MIN_BYTES = 1L << 30;

  /** A key of each thread, kept because memory outside the heap is slow to allocate. */
  private static final ThreadLocal<ByteBuffer> KEY =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(Key.BYTES));

  private final Env<ByteBuffer> env;
  private final Dbi<ByteBuffer> values;
  private final Queue<Reader> readers = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Reader> reader = ThreadLocal.withInitial(this::newReader);

  private record Reader(Txn<ByteBuffer> transaction, ByteBuffer key) {}

  LmdbStore(Path folder, Scale scale) {
    env =
        Env.create()
            .setMapSize(MIN_BYTES + TIMES_VALUES * scale.valueBytes())
            .setMaxDbs(1)
            .open(folder.toFile(), EnvFlags.MDB_NOSYNC, EnvFlags.MDB_WRITEMAP);
    values = env.openDbi("values", DbiFlags.MDB_CREATE);
  }

  private Reader newReader() {
    Txn<ByteBuffer> transaction = env.txnRead();
    transaction.reset();
    Reader made = new Reader(transaction, KEY.get());
    readers.add(made);
    return made;
  }

  @Override
  public void put(Key key, String value) {
    byte[] bytes = value.getBytes(UTF_8);
    ByteBuffer keyBuffer = KEY.get().clear();
    key.writeTo(keyBuffer);
    try (Txn<ByteBuffer> transaction = env.txnWrite()) {
      values.reserve(transaction, keyBuffer.flip(), bytes.length).put(bytes);
      transaction.commit();
    }
  }

  @Override
  public @Nullable String get(Key key) {
    Reader mine = reader.get();
    key.writeTo(mine.key.clear());
    mine.transaction.renew();
    try {
      ByteBuffer found = values.get(mine.transaction, mine.key.flip());
      return found == null ? null : text(found);
    } finally {
      mine.transaction.reset();
    }
  }

  private static String text(ByteBuffer found) {
    byte[] bytes = new byte[found.remaining()];
    found.get(bytes);
    return new String(bytes, UTF_8);
  }

  /** When no thread reads any more. */
  @Override
  public void close() {
    readers.forEach(each -> each.transaction.close());
    env.close();
  }
}
