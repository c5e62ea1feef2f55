package dev.memo.parallel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Judges how far a batch is from samples of its counters.
 *
 * <p>The estimate goes by the latter half of the misses: what came with them, and how long that
 * kept a thread busy, is taken for what is to come. Hits that came before the misses do not count
 * that way, and where hits and misses are mixed their mixture does. It is busy time over threads,
 * not calls per second, because calls of the same length end in bursts.
 *
 * <p>Used by one thread at a time.
 */
final class ProgressMeter {
  private static final int MAX_SAMPLES = 512;
  private static final long LATELY_NANOS = 10_000_000_000L;

  /**
   * What was counted at a moment.
   *
   * @param busyNanos sum of the times that calls took which have ended
   */
  record Sample(
      long nanos,
      long begun,
      long done,
      long hits,
      long misses,
      long failed,
      long waiting,
      long busyNanos) {}

  private final OptionalLong total;
  private final int threads;
  private final long beginNanos;
  private final Deque<Sample> samples = new ArrayDeque<>(); // from half of the misses on

  ProgressMeter(OptionalLong total, int threads, long beginNanos) {
    this.total = total;
    this.threads = threads;
    this.beginNanos = beginNanos;
    samples.add(new Sample(beginNanos, 0, 0, 0, 0, 0, 0, 0));
  }

  Progress measure(Sample now) {
    long half = now.misses / 2;
    Sample from = samples.removeFirst();
    while (!samples.isEmpty() && samples.getFirst().misses <= half) {
      from = samples.removeFirst();
    }
    samples.addFirst(from);
    samples.addLast(now);
    if (samples.size() > MAX_SAMPLES) {
      thin();
    }
    Sample lately = lately(from, now);
    double seconds = Math.max(now.nanos - lately.nanos, 1) / 1e9;
    return new Progress(
        total,
        now.done,
        now.hits,
        now.misses,
        now.failed,
        Math.max(now.begun - now.done, 0),
        now.waiting,
        (now.done - lately.done) / seconds,
        Duration.ofNanos(now.nanos - beginNanos),
        remaining(from, now));
  }

  /** The sample of a few seconds ago, or the oldest one. */
  private Sample lately(Sample oldest, Sample now) {
    Sample lately = oldest;
    for (Sample sample : samples) {
      if (now.nanos - sample.nanos < LATELY_NANOS) {
        break;
      }
      lately = sample;
    }
    return lately;
  }

  private Optional<Duration> remaining(Sample from, Sample now) {
    if (total.isEmpty()) {
      return Optional.empty();
    }
    long left = Math.max(total.getAsLong() - now.done, 0);
    if (left == 0) {
      return Optional.of(Duration.ZERO);
    }
    if (now.misses == from.misses || now.done == from.done || left <= now.waiting) {
      return Optional.empty(); // how long others take, for whom the last ones wait, nobody knows
    }
    double nanosPerInput = (double) (now.busyNanos - from.busyNanos) / (now.done - from.done);
    return Optional.of(Duration.ofNanos((long) (left * nanosPerInput / Math.min(threads, left))));
  }

  /** Drops every other sample, the first and the last excepted. */
  private void thin() {
    List<Sample> all = new ArrayList<>(samples);
    samples.clear();
    for (int i = 0; i < all.size(); i++) {
      if (i % 2 == 0 || i == all.size() - 1) {
        samples.addLast(all.get(i));
      }
    }
  }
}
