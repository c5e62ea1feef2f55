package dev.memo.call;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A counter for each constant of an enum. Thread-safe; adding is cheap under contention. */
final class EnumCounter<E extends Enum<E>> {
  private final Map<E, LongAdder> adders;

  EnumCounter(Class<E> type) {
    this.adders = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      adders.put(constant, new LongAdder());
    }
  }

  void increment(E constant) {
    of(constant).increment();
  }

  /** The counter of one constant. */
  LongAdder of(E constant) {
    return requireNonNull(adders.get(constant));
  }

  /** The counts of all constants, zeros included. */
  Map<E, Long> sums() {
    Map<E, Long> sums = new LinkedHashMap<>();
    adders.forEach((constant, adder) -> sums.put(constant, adder.sum()));
    return sums;
  }
}
