package dev.memo.call;

import dev.memo.claims.CallKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Counts distinct calls by hashes of 64 bits, in a table with open addressing: 16 to 32 bytes a
 * call, where a set of keys takes ten times that and as long as looking them up. Among a million
 * calls two are taken for one with a probability of 3 in 10^8; that is good enough for a plan, and
 * for nothing else. Not thread-safe.
 */
final class DistinctCalls {
  private static final int MIN_SLOTS = 1 << 10;
  private static final long EMPTY = 0;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private long[] slots = new long[MIN_SLOTS];
  private int size;

  @SuppressWarnings("UnusedVariable") // what is never read must be written all the same
  private long fetched;

  /** Adds the first of these, which {@link #hash} gave, and returns how many were not there. */
  int add(long[] hashes, int count) {
    fetch(hashes, count);
    int before = size;
    for (int i = 0; i < count; i++) {
      add(hashes[i]);
    }
    return size - before;
  }

  /**
   * Hot path: a plan of what is not stored waits for little else than this table. Reading the slots
   * in a loop without branches first lets the processor wait for many of them at once.
   */
  private void fetch(long[] hashes, int count) {
    int mask = slots.length - 1;
    long all = 0;
    for (int i = 0; i < count; i++) {
      all |= slots[(int) hashes[i] & mask];
    }
    fetched = all; // or the loop would have no effect, and be left out
  }

  private void add(long hash) {
    if (insert(slots, hash) && ++size > slots.length / 2) {
      long[] more = new long[slots.length * 2];
      for (long known : slots) {
        if (known != EMPTY) {
          insert(more, known);
        }
      }
      slots = more;
    }
  }

  private static boolean insert(long[] slots, long hash) {
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    while (slots[at] != EMPTY) {
      if (slots[at] == hash) {
        return false;
      }
      at = (at + 1) & mask;
    }
    slots[at] = hash;
    return true;
  }

  /** Never {@link #EMPTY}. */
  static long hash(CallKey key) {
    byte[] id = key.id();
    long hash = mixed(key.functionId() + key.kind());
    int at = 0;
    for (; at + Long.BYTES <= id.length; at += Long.BYTES) {
      hash = mixed(hash ^ (long) LONG.get(id, at));
    }
    long rest = id.length;
    for (; at < id.length; at++) {
      rest = rest << Byte.SIZE | (id[at] & 0xFF);
    }
    hash = mixed(hash ^ rest);
    return hash == EMPTY ? 1 : hash;
  }

  /** What MurmurHash3 ends with: every bit counts for every other, and no two numbers meet. */
  private static long mixed(long number) {
    long bits = number + 0x9E3779B97F4A7C15L; // or 0 stayed 0
    bits = (bits ^ (bits >>> 33)) * 0xFF51AFD7ED558CCDL;
    bits = (bits ^ (bits >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return bits ^ (bits >>> 33);
  }
}
