package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.process.Functions.KnownFunction;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tombstones of a directory in the order of their sequences, and their removal when every
 * computation that they could outdate has ended. Each has a row of its own for that, beside the one
 * that results are compared with.
 *
 * <p>Why that is safe: a result is outdated by tombstones that are newer than its start, so those
 * no newer than the oldest start can go. At each moment of its life a result is covered by somebody
 * whom {@link Housekeeping} asks:
 *
 * <ol>
 *   <li>a computation with a claim by the claim, in the primary, from before its start is told to
 *       its process until its put has been answered;
 *   <li>every computation by its process, from before its start is read ({@link RunningCalls}),
 *       which is what a process says in each heartbeat, together with what is in its spool;
 *   <li>a put on its way by the session that it comes through, which counts until it has ended;
 *   <li>a result in a spool by that file, if its process has ended.
 * </ol>
 *
 * <p>They are asked in the order in which a result goes from one to the next: claims and running
 * ones, then the spool, then who lives, what was left, and the sessions. What begins later begins
 * with a start that is not older.
 *
 * <p>Results that are found under a former name of their function started at any time. So of a
 * function that has one the tombstones stay, and only their own rows go; and of each function it is
 * kept which was the last that went, before anybody knew of former names: what started before that
 * is outdated, whatever its call.
 */
final class Tombstones {
  private static final byte[] PREFIX = "tombstone/".getBytes(StandardCharsets.US_ASCII);

  /** Function id, generation and kind. */
  private static final int WHOSE_BYTES = 2 * Long.BYTES + 1;

  /** How many are removed with one write, during which their calls wait. */
  private static final int AT_ONCE = 1_000;

  private final Store store;
  private final ClaimStripes stripes;
  private final Functions functions;

  /** Whose tombstone it is. */
  private record Row(long sequence, CallKey key, long generation) {}

  Tombstones(Store store, ClaimStripes stripes, Functions functions) {
    this.store = store;
    this.stripes = stripes;
    this.functions = functions;
  }

  /** Adds both rows of a tombstone. */
  static void put(Batch batch, CallKey key, long generation, long sequence) {
    byte[] id = key.id();
    byte[] whose =
        ByteBuffer.allocate(WHOSE_BYTES + id.length)
            .putLong(key.functionId())
            .putLong(generation)
            .put((byte) key.kind())
            .put(id)
            .array();
    batch.put(Family.ENTRIES, key.tombstoneKey(generation), Meta.bytes(sequence));
    batch.put(Family.META, rowKey(sequence), whose);
  }

  private static byte[] rowKey(long sequence) {
    return ByteBuffer.allocate(PREFIX.length + Long.BYTES).put(PREFIX).putLong(sequence).array();
  }

  /**
   * Removes some of those that outdate nothing any more, the oldest first.
   *
   * @param oldestStart no computation whose result may still come has a smaller start
   * @return how many were removed
   */
  int sweep(long oldestStart) {
    List<Row> rows = upTo(oldestStart);
    List<ClaimStripe> locked = stripes.lockAll(rows.stream().map(Row::key).toList());
    try {
      Batch batch = new Batch();
      int swept = 0;
      for (Row row : rows) {
        batch.delete(Family.META, rowKey(row.sequence));
        // a later one of the same call has a row of its own
        KnownFunction function = functions.of(row.key.functionId());
        if (isCurrent(row) && function.sweep(batch, row.sequence)) {
          batch.delete(Family.ENTRIES, row.key.tombstoneKey(row.generation));
          swept++;
        }
      }
      if (!rows.isEmpty()) {
        store.write(batch);
      }
      return swept;
    } finally {
      ClaimStripes.unlock(locked);
    }
  }

  private boolean isCurrent(Row row) {
    byte[] current = store.get(Family.ENTRIES, row.key.tombstoneKey(row.generation));
    return current != null && new Stored(current).sequence() == row.sequence;
  }

  private List<Row> upTo(long sequence) {
    List<Row> rows = new ArrayList<>();
    store.scan(
        Family.META,
        PREFIX,
        (key, value) -> {
          Row row = row(key, value);
          if (row != null && row.sequence > sequence) {
            return false;
          } else if (row != null) {
            rows.add(row);
          }
          return rows.size() < AT_ONCE;
        });
    return rows;
  }

  /** Null for a row that is not one of ours. */
  private static @Nullable Row row(byte[] key, byte[] value) {
    if (key.length != PREFIX.length + Long.BYTES || value.length < WHOSE_BYTES) {
      return null;
    }
    ByteBuffer whose = ByteBuffer.wrap(value);
    long functionId = whose.getLong();
    long generation = whose.getLong();
    int kind = whose.get();
    byte[] id = Arrays.copyOfRange(value, WHOSE_BYTES, value.length);
    return CallKey.isPossible(kind, id)
        ? new Row(
            ByteBuffer.wrap(key, PREFIX.length, Long.BYTES).getLong(),
            CallKey.received(functionId, kind, id),
            generation)
        : null;
  }

  /** How many there are. */
  int count() {
    int[] count = {0};
    store.scan(Family.META, PREFIX, (key, value) -> ++count[0] > 0);
    return count[0];
  }
}
