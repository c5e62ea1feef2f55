package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.SecondaryStore;
import dev.memo.store.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a directory knows of itself, as rows of its database. */
final class Meta {
  private static final byte[] DIRECTORY_ID = ascii("directory-id");
  private static final byte[] RESERVED = ascii("reserved-sequence");
  private static final byte[] IDENTITY = ascii("identity/");
  private static final byte[] GENERATION = ascii("generation/");
  private static final byte[] REMOVALS = ascii("removals/");
  private static final byte[] COUNTERS = ascii("counters");
  private static final byte[] REPORTS = ascii("reports");
  private static final byte[] COUNTERS_OF = ascii("counters/");

  private final Store store;

  Meta(Store store) {
    this.store = store;
  }

  /** The id of the directory, null in a database that begins. */
  @Nullable UUID directoryId() {
    ByteBuffer value = read(DIRECTORY_ID, 2 * Long.BYTES);
    return value == null ? null : new UUID(value.getLong(), value.getLong());
  }

  void writeDirectoryId(UUID id) {
    byte[] value =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    store.write(new Batch().put(Family.META, DIRECTORY_ID, value));
  }

  /** The last sequence that may have been assigned. */
  long reservedSequence() {
    ByteBuffer value = read(RESERVED, Long.BYTES);
    return value == null ? 0 : value.getLong();
  }

  void writeReservedSequence(long last) {
    store.write(new Batch().put(Family.META, RESERVED, bytes(last)));
  }

  /** What the function id is a hash of, null if it was never recorded. */
  @Nullable String identity(long functionId) {
    byte[] value = store.get(Family.META, key(IDENTITY, functionId));
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  static void putIdentity(Batch batch, long functionId, String identity) {
    byte[] value = identity.getBytes(StandardCharsets.UTF_8);
    batch.put(Family.META, key(IDENTITY, functionId), value);
  }

  /** The function's era; the first one if nothing was recorded. */
  Era era(long functionId) {
    ByteBuffer value = read(key(GENERATION, functionId), 2 * Long.BYTES);
    return value == null ? Era.FIRST : new Era(value.getLong(), value.getLong());
  }

  /**
   * What is known of the tombstones of a function.
   *
   * @param swept the largest sequence of those that were swept; 0 if none was
   * @param remembered whether they are not swept any more
   */
  record Removals(long swept, boolean remembered) {
    static final Removals NONE = new Removals(0, false);

    static final int BYTES = Long.BYTES + 1;

    private static Removals of(ByteBuffer row) {
      return new Removals(row.getLong(), row.get() != 0);
    }
  }

  Removals removals(long functionId) {
    ByteBuffer value = read(key(REMOVALS, functionId), Removals.BYTES);
    return value == null ? Removals.NONE : Removals.of(value);
  }

  static void putRemovals(Batch batch, long functionId, Removals removals) {
    byte[] value =
        ByteBuffer.allocate(Removals.BYTES)
            .putLong(removals.swept)
            .put((byte) (removals.remembered ? 1 : 0))
            .array();
    batch.put(Family.META, key(REMOVALS, functionId), value);
  }

  /**
   * The sequence of the last invalidation, put or refresh of the call that may be known of; what
   * was computed from then on is not outdated. To be called where nothing changes meanwhile.
   */
  static long lastRemoval(SecondaryStore store, CallKey key) {
    byte[] generation = key(GENERATION, key.functionId());
    byte[] era = store.get(Family.META, generation);
    if (era != null) {
      requireLength(generation, era, 2 * Long.BYTES);
    }
    long current = era == null ? 0 : ByteBuffer.wrap(era).getLong();
    long since = era == null ? 0 : ByteBuffer.wrap(era).getLong(Long.BYTES);
    byte[] tombstone = store.get(Family.ENTRIES, key.tombstoneKey(current));
    byte[] row = key(REMOVALS, key.functionId());
    byte[] removals = store.get(Family.META, row);
    if (removals != null) {
      requireLength(row, removals, Removals.BYTES);
    }
    long swept = removals == null ? 0 : Removals.of(ByteBuffer.wrap(removals)).swept;
    long invalidated = tombstone == null ? 0 : new Stored(tombstone).sequence();
    return Math.max(since, Math.max(swept, invalidated));
  }

  /** The generations of all functions that ever had another than the first, by their ids. */
  static Map<Long, Long> generations(SecondaryStore store) {
    Map<Long, Long> generations = new HashMap<>();
    store.scan(
        Family.META,
        GENERATION,
        (key, value) -> {
          if (key.length == GENERATION.length + Long.BYTES) {
            requireLength(key, value, 2 * Long.BYTES);
            generations.put(
                ByteBuffer.wrap(key).getLong(GENERATION.length), ByteBuffer.wrap(value).getLong());
          }
          return true;
        });
    return generations;
  }

  /** The identities of all functions that are recorded, by their ids. */
  static Map<Long, String> identities(SecondaryStore store) {
    Map<Long, String> identities = new HashMap<>();
    store.scan(
        Family.META,
        IDENTITY,
        (key, value) -> {
          if (key.length == IDENTITY.length + Long.BYTES) {
            identities.put(
                ByteBuffer.wrap(key).getLong(IDENTITY.length),
                new String(value, StandardCharsets.UTF_8));
          }
          return true;
        });
    return identities;
  }

  /** Begins the era, and gives back the space of what the one before it had, as it is compacted. */
  void writeEra(long functionId, Era era) {
    byte[] value =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(era.generation()).putLong(era.since()).array();
    store.write(
        new Batch()
            .put(Family.META, key(GENERATION, functionId), value)
            .deletePrefix(Family.ENTRIES, CallKey.prefix(functionId, era.generation() - 1)));
  }

  /** What was counted of the directory, as it was written. */
  byte @Nullable [] directoryCounters() {
    return store.get(Family.META, COUNTERS);
  }

  static void putDirectoryCounters(Batch batch, byte[] row) {
    batch.put(Family.META, COUNTERS, row);
  }

  /** The last report of each process that was counted, as it was written. */
  byte @Nullable [] lastReports() {
    return store.get(Family.META, REPORTS);
  }

  static void putLastReports(Batch batch, byte[] row) {
    batch.put(Family.META, REPORTS, row);
  }

  /** Sees what was counted of one function, as it was written. */
  @FunctionalInterface
  interface CountersVisitor {
    void visit(long functionId, byte[] row);
  }

  /** Shows what was counted of all functions. */
  void counters(CountersVisitor visitor) {
    store.scan(
        Family.META,
        COUNTERS_OF,
        (key, row) -> {
          if (key.length == COUNTERS_OF.length + Long.BYTES) {
            visitor.visit(ByteBuffer.wrap(key).getLong(COUNTERS_OF.length), row);
          }
          return true;
        });
  }

  static void putCounters(Batch batch, long functionId, byte[] row) {
    batch.put(Family.META, key(COUNTERS_OF, functionId), row);
  }

  private @Nullable ByteBuffer read(byte[] key, int length) {
    byte[] value = store.get(Family.META, key);
    if (value == null) {
      return null;
    }
    requireLength(key, value, length);
    return ByteBuffer.wrap(value);
  }

  /**
   * Reads all rows.
   *
   * @throws StoreException if one cannot be read, or does not have the length that it must have
   */
  void requireSound() {
    store.scan(
        Family.META,
        new byte[0],
        (key, value) -> {
          if (Arrays.equals(key, RESERVED)) {
            requireLength(key, value, Long.BYTES);
          } else if (Arrays.equals(key, DIRECTORY_ID) || startsWith(key, GENERATION)) {
            requireLength(key, value, 2 * Long.BYTES);
          } else if (startsWith(key, REMOVALS)) {
            requireLength(key, value, Removals.BYTES);
          }
          return true;
        });
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return Arrays.mismatch(key, prefix) == prefix.length;
  }

  private static void requireLength(byte[] key, byte[] value, int length) {
    if (value.length != length) {
      throw new StoreException(
          StoreException.Reason.CORRUPT,
          "the row "
              + new String(key, StandardCharsets.ISO_8859_1)
              + " has "
              + value.length
              + " bytes instead of "
              + length,
          null);
    }
  }

  static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static byte[] key(byte[] prefix, long functionId) {
    return ByteBuffer.allocate(prefix.length + Long.BYTES).put(prefix).putLong(functionId).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
