package dev.memo.benchmarks;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * The wanted rows of a part of a table, which take turns in every round: what slows down the
 * machine for a while slows down all.
 *
 * @param <C> what is measured
 * @param <T> what one measurement gives
 */
final class Rounds<C, T> {
  static final int COUNT = 5;
  private static final int WARM_UPS = 2;

  /** How often a row is measured, unless it is asked for more. */
  static final int MOST = WARM_UPS + COUNT;

  private final Selection selection;
  private final Map<String, Function<C, T>> measurements = new LinkedHashMap<>();

  Rounds(Selection selection) {
    this.selection = selection;
  }

  /** Adds a row if it is wanted. */
  void add(String name, Function<C, T> measurement) {
    if (selection.wants(name)) {
      measurements.put(name, measurement);
    }
  }

  boolean isEmpty() {
    return measurements.isEmpty();
  }

  /** What each row gave, round by round. */
  Map<String, List<T>> run(C measured) {
    return run(measured, WARM_UPS, COUNT);
  }

  Map<String, List<T>> run(C measured, int warmUps, int count) {
    Map<String, List<T>> results = new LinkedHashMap<>();
    measurements.keySet().forEach(name -> results.put(name, new ArrayList<>()));
    List<String> order = new ArrayList<>(measurements.keySet());
    Random random = new Random(count);
    for (int round = -warmUps; round < count; round++) {
      boolean counts = round >= 0;
      Collections.shuffle(order, random); // or one would always follow the same other
      for (String name : order) {
        T result = requireNonNull(measurements.get(name)).apply(measured);
        if (counts) {
          requireNonNull(results.get(name)).add(result);
        }
      }
    }
    return results;
  }
}
