package dev.memo.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.memo.claims.Epochs;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decoded immutable results of one directory, in memory. A value belongs to the function object
 * that decoded it, never to a call key, so that classes of two loaders never meet.
 *
 * <p>What makes room for others was not put lately, and not read often among the look-ups that are
 * noted: a few of them, and hardly any while nothing is put.
 *
 * <p>Thread-safe. Bounded to 10,000 values and 1/64 of the maximum heap, whichever is less, by the
 * size of values and arguments when encoded; evictions are counted.
 */
public final class HeapTier {
  private static final long MAX_VALUES = 10_000;
  private static final long HEAP_FRACTION = 64;

  /**
   * One in so many look-ups, chosen at random, is told to the policy of evictions; a power of two.
   * When the cache is full, to tell costs more than the look-up, and threads meet there.
   * DECISIONS.md has the figures, and what it costs in hits.
   */
  private static final int READS_TO_A_NOTE = 8;

  /** As above, of a value that was noted since the last put: nothing makes room for others then. */
  private static final int FURTHER_READS_TO_A_NOTE = 512;

  /** A value that may be shared, and until when. */
  static final class Value {
    private final @Nullable Object value;
    private final long durationNanos;
    private final Freshness freshness;
    private final long encodedBytes;
    private int notedAt; // how many puts there were; a race costs a note

    /**
     * @param encodedBytes size of its entry, and of what it is kept under
     */
    Value(@Nullable Object value, long durationNanos, Freshness freshness, long encodedBytes) {
      this.value = value;
      this.durationNanos = durationNanos;
      this.freshness = freshness;
      this.encodedBytes = encodedBytes;
    }

    @Nullable Object value() {
      return value;
    }

    long durationNanos() {
      return durationNanos;
    }

    long encodedBytes() {
      return encodedBytes;
    }

    private int weight(int min) {
      return (int) Math.min(Math.max(min, encodedBytes), Integer.MAX_VALUE);
    }
  }

  private record Key(Object function, @Nullable Object arguments) {}

  private final LongAdder evictions = new LongAdder();
  private final Cache<Key, Value> values;
  private final Policy<Key, Value> policy;
  private final AtomicInteger puts = new AtomicInteger(1); // more than no note
  private final int notNoted; // bits of a random number, one of which must be set

  public HeapTier() {
    this(Runtime.getRuntime().maxMemory() / HEAP_FRACTION);
  }

  /** With another bound, for tests. */
  HeapTier(long maxBytes) {
    this(maxBytes, READS_TO_A_NOTE);
  }

  /** With another share of look-ups that are noted, for tests. */
  HeapTier(long maxBytes, int readsToANote) {
    this.notNoted = readsToANote - 1;
    int minWeight = (int) Math.max(1, Math.min(Integer.MAX_VALUE, maxBytes / MAX_VALUES));
    this.values =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Key key, Value value) -> value.weight(minWeight))
            .evictionListener(
                (@Nullable Key key, @Nullable Value value, RemovalCause cause) ->
                    evictions.increment())
            .executor(Runnable::run) // maintenance is short, and the common pool is not ours
            .build();
    this.policy = values.policy();
  }

  /** Returns the value if it still counts. */
  @Nullable Value get(Object function, @Nullable Object arguments, Epochs epochs) {
    Key key = new Key(function, arguments);
    Value value = policy.getIfPresentQuietly(key);
    if (value == null) {
      return null;
    }
    if (!value.freshness.isCurrent(epochs)) {
      values.asMap().remove(key, value);
      return null;
    }
    if (isToBeNoted(value)) {
      value.notedAt = puts.get();
      Value unused = values.getIfPresent(key);
    }
    return value;
  }

  private boolean isToBeNoted(Value value) {
    int random = ThreadLocalRandom.current().nextInt();
    return (random & notNoted) == 0
        && (value.notedAt != puts.get() || (random & (FURTHER_READS_TO_A_NOTE - 1)) == 0);
  }

  void put(Object function, @Nullable Object arguments, Value value) {
    puts.incrementAndGet();
    values.put(new Key(function, arguments), value);
  }

  /** How many values were dropped to make room. */
  public long evictions() {
    values.cleanUp();
    return evictions.sum();
  }
}
