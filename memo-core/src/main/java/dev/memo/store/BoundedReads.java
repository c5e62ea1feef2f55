package dev.memo.store;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads many values in few steps, without ever holding much more than is good for the heap: how
 * large values are is known only when they are there, so the first steps are small.
 */
public final class BoundedReads {
  /** What a caller gets at once, unless a step that looked small was not. */
  static final int ENOUGH_BYTES = 1 << 20;

  static final int FIRST_STEP = 1;

  private BoundedReads() {}

  /**
   * Returns the values of the first keys, at least of one: not of all if that would be too much.
   *
   * @param keys at least one
   * @param multiGet returns a value or null for each key
   */
  public static List<byte @Nullable []> read(List<byte[]> keys, Reading multiGet) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    long bytes = 0;
    int step = FIRST_STEP;
    while (values.size() < keys.size() && bytes < ENOUGH_BYTES) {
      int from = values.size();
      int to = Math.min(from + step, keys.size());
      for (byte @Nullable [] value : multiGet.of(keys.subList(from, to))) {
        values.add(value);
        bytes += value == null ? 0 : value.length;
      }
      long mean = bytes / values.size() + 1;
      step = (int) Math.max(1, Math.min(4L * step, (ENOUGH_BYTES - bytes) / mean));
    }
    return values;
  }

  /** Reads the values of some keys. */
  @FunctionalInterface
  public interface Reading {
    List<byte @Nullable []> of(List<byte[]> keys);
  }
}
