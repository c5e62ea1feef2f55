package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Counting distinct calls by their hashes, beside a set of their keys. */
final class DistinctCallsTest {
  private static final long SEED = 7;

  @Test
  void countsAsASetOfKeysDoes() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    DistinctCalls distinct = new DistinctCalls();
    Set<CallKey> keys = new HashSet<>();
    long[] hashes = new long[256];
    for (int added = 0; added < 100_000; ) {
      int before = keys.size();
      int count = random.nextInt(hashes.length + 1);
      for (int i = 0; i < count; i++) {
        CallKey key = key(random.nextInt(3), random.nextInt(40_000), random.nextInt(3));
        hashes[i] = DistinctCalls.hash(key);
        keys.add(key);
      }
      assertThat(distinct.add(hashes, count)).isEqualTo(keys.size() - before);
      added += count;
    }
  }

  /** Numbers that follow each other are what keys are like; the bytes after them are all alike. */
  private static CallKey key(long functionId, int number, int moreBytes) {
    return CallKey.of(functionId, ByteBuffer.allocate(8 + moreBytes).putInt(4, number).array());
  }

  @Test
  void keysOfEveryLengthHaveHashesOfTheirOwn() {
    Set<Long> hashes = new HashSet<>();
    for (int length = 0; length <= 60; length++) {
      for (int bit = 0; bit < 8 * length; bit++) {
        byte[] arguments = new byte[length];
        arguments[bit / 8] = (byte) (1 << (bit % 8));
        assertThat(hashes.add(DistinctCalls.hash(CallKey.of(0, arguments)))).isTrue();
      }
      assertThat(hashes.add(DistinctCalls.hash(CallKey.of(0, new byte[length])))).isTrue();
    }
  }

  @Test
  @DisplayName("twin: the hash codes of keys, of 32 bits, do not do")
  void twinOfShortHashes() {
    Set<Long> numbers = new HashSet<>();
    Set<Integer> shortHashes = new HashSet<>();
    Set<Long> hashes = new HashSet<>();
    Random random = new Random(SEED);
    for (int i = 0; i < 200_000; i++) {
      long number = random.nextLong();
      CallKey key = CallKey.of(1, ByteBuffer.allocate(8).putLong(number).array());
      numbers.add(number);
      shortHashes.add(key.hashCode());
      hashes.add(DistinctCalls.hash(key));
    }
    assertThat(hashes).hasSameSizeAs(numbers);
    assertThat(shortHashes.size()).isLessThan(numbers.size());
  }
}
