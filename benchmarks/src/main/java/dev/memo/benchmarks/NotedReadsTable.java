package dev.memo.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Prints what it costs in hits if a full Caffeine is told of some of the reads only, and by the
 * rule of memo's heap tier: one in eight, and hardly any while nothing is put:
 *
 * <pre>
 * mvn -q -pl benchmarks -am -DskipTests package exec:exec -Dtable=NotedReadsTable
 * </pre>
 *
 * <p>Simulated with fixed seeds: a rate is the mean of some runs, and does not depend on the
 * machine, but a little on chance, by which Caffeine admits what comes.
 */
public final class NotedReadsTable {
  private static final int KEYS = 100_000;
  private static final int READS = 2_000_000;
  private static final List<Integer> CAPACITIES = List.of(5_000, 10_000);
  private static final int SEEDS = 2;
  private static final List<Integer> NOTED = List.of(1, 4, 8, 16, 32); // one in so many
  private static final int FURTHER = 512; // of what was noted since the last put

  private NotedReadsTable() {}

  /** Which key is read next. */
  private interface Pattern {
    long key(int read, int capacity, Random random);
  }

  /** Takes nothing. */
  public static void main(String[] args) {
    System.out.printf("%-36s", "% of hits; noted is one in");
    NOTED.forEach(noted -> System.out.printf("%8d", noted));
    System.out.printf("%8s%n", "as memo");
    double[] mild = zipf(0.7);
    double[] usual = zipf(0.9);
    double[] steep = zipf(1.1);
    print("Zipf 0.7", (read, capacity, random) -> rank(mild, random));
    print("Zipf 0.9", (read, capacity, random) -> rank(usual, random));
    print("Zipf 1.1", (read, capacity, random) -> rank(steep, random));
    print(
        "Zipf 0.9, a third is read once",
        (read, capacity, random) -> read % 3 == 0 ? KEYS + read : rank(usual, random));
    print(
        "Zipf 0.9, favourites change",
        (read, capacity, random) -> rank(usual, random) + read / 300_000 * 5_000L);
    print("in a circle, a fifth too long", (read, capacity, random) -> read % (capacity * 6 / 5));
    print(
        "a thousand, one in 300 is read once",
        (read, capacity, random) -> read % 300 == 0 ? KEYS + read : random.nextInt(1_000));
  }

  private static void print(String name, Pattern pattern) {
    System.out.printf("%-36s", name);
    NOTED.forEach(noted -> print(pattern, noted, noted));
    print(pattern, 8, FURTHER);
    System.out.println();
  }

  private static void print(Pattern pattern, int noted, int further) {
    double sum = 0;
    for (int capacity : CAPACITIES) {
      for (int seed = 0; seed < SEEDS; seed++) {
        sum += hitRate(pattern, capacity, noted, further, new Random(seed));
      }
    }
    System.out.printf("%8.2f", 100 * sum / (CAPACITIES.size() * SEEDS));
  }

  /** A value, and how many puts there were when it was noted. */
  private static final class Value {
    int notedAt;
  }

  /**
   * @param noted one read in so many
   * @param further of those that were noted since the last put, one in so many
   */
  private static double hitRate(
      Pattern pattern, int capacity, int noted, int further, Random random) {
    Cache<Long, Value> cache =
        Caffeine.newBuilder().maximumSize(capacity).executor(Runnable::run).build();
    Policy<Long, Value> policy = cache.policy();
    int hits = 0;
    int puts = 0;
    for (int read = 0; read < READS; read++) {
      Long key = pattern.key(read, capacity, random);
      Value found = policy.getIfPresentQuietly(key);
      if (found == null) {
        puts++;
        cache.put(key, new Value());
        continue;
      }
      hits++;
      if (random.nextInt(found.notedAt == puts ? further : noted) == 0) {
        found.notedAt = puts;
        Value unused = cache.getIfPresent(key);
      }
    }
    return (double) hits / READS;
  }

  /** The sums of the weights of the keys, which fall with a power of their rank. */
  private static double[] zipf(double exponent) {
    double[] sums = new double[KEYS];
    double sum = 0;
    for (int i = 0; i < KEYS; i++) {
      sum += Math.pow(i + 1, -exponent);
      sums[i] = sum;
    }
    return sums;
  }

  private static long rank(double[] sums, Random random) {
    int found = Arrays.binarySearch(sums, random.nextDouble() * sums[KEYS - 1]);
    return found < 0 ? -found - 1 : found;
  }
}
