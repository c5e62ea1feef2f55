package dev.memo.process;

import java.time.Duration;

/**
 * How long what may take.
 *
 * @param beat between two signs of life
 * @param silence after which a primary that gives no sign of life is left
 * @param lease how long a process that gives no sign of life keeps its claims
 * @param grace how long a new primary waits for processes that it knows of
 */
record Times(Duration beat, Duration silence, Duration lease, Duration grace) {
  static final Times DEFAULT =
      new Times(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1));
}
