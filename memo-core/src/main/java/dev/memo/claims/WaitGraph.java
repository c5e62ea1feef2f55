package dev.memo.claims;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Which chain waits for which, so that no wait closes a cycle.
 *
 * <p>A chain is blocked by its own wait and by those of its tasks. Before a wait begins, the graph
 * is searched from the holder: if it is blocked, directly or through others, by a chain that cannot
 * go on before the waiter has, the wait would never end. A search looks at nothing but the waits
 * that it follows: a batch may have a hundred thousand others.
 *
 * <p><b>Threads</b>: safe; one lock guards the waits, and nothing is called under it but {@code
 * isDone}.
 */
public final class WaitGraph implements Waits {
  /** The graph of this JVM: a cycle may lead through several directories. */
  public static final WaitGraph JVM = new WaitGraph();

  /** So many waits are kept before those that are over are looked for. */
  private static final int MIN_SWEEP = 64;

  private record Name(Chain waiter, CompletableFuture<?> end) {}

  private static final class Wait {
    final Chain holder;
    final CompletableFuture<?> end;
    int times;

    Wait(Chain holder, CompletableFuture<?> end) {
      this.holder = holder;
      this.end = end;
    }
  }

  private final Map<Name, Wait> waits = new HashMap<>(); // guarded by this

  /** What blocks a chain: its waits and those of its tasks. Guarded by this. */
  private final Map<Object, Set<Wait>> blocks = new HashMap<>();

  private int sweepAt = MIN_SWEEP; // guarded by this

  WaitGraph() {}

  /** A graph that shares nothing with that of the JVM: tests of what it is good for. */
  public static WaitGraph unconnected() {
    return new WaitGraph();
  }

  /**
   * Records that {@code waiter} waits for {@code holder} until {@code end} is done, or returns
   * false if that would close a cycle. A wait whose future is done is no longer part of the graph.
   */
  @Override
  public synchronized boolean tryWait(Chain waiter, Chain holder, CompletableFuture<?> end) {
    if (closesCycle(waiter, holder)) {
      return false;
    }
    if (waits.size() >= sweepAt) {
      sweep();
    }
    Name name = new Name(waiter, end);
    Wait wait = waits.get(name);
    if (wait == null) {
      wait = new Wait(holder, end);
      waits.put(name, wait);
      for (Chain chain = waiter; chain != null; chain = chain.parent()) {
        blocks.computeIfAbsent(chain.identity(), unused -> new HashSet<>(2)).add(wait);
      }
    }
    wait.times++;
    return true;
  }

  private boolean closesCycle(Chain waiter, Chain holder) {
    Deque<Chain> reached = new ArrayDeque<>();
    Set<Object> seen = new HashSet<>();
    reached.add(holder);
    while (!reached.isEmpty()) {
      Chain chain = reached.remove();
      if (chain.awaits(waiter)) {
        return true;
      }
      for (Wait wait : blocks.getOrDefault(chain.identity(), Set.of())) {
        if (!wait.end.isDone() && seen.add(wait.holder.identity())) {
          reached.add(wait.holder);
        }
      }
    }
    return false;
  }

  /** Forgets the waits that are over. */
  private void sweep() {
    waits
        .entrySet()
        .removeIf(
            each -> {
              boolean over = each.getValue().end.isDone();
              if (over) {
                unblock(each.getKey().waiter, each.getValue());
              }
              return over;
            });
    sweepAt = Math.max(MIN_SWEEP, 2 * waits.size());
  }

  private void unblock(Chain waiter, Wait wait) {
    for (Chain chain = waiter; chain != null; chain = chain.parent()) {
      blocks.computeIfPresent(
          chain.identity(),
          (unused, waiting) -> {
            waiting.remove(wait);
            return waiting.isEmpty() ? null : waiting;
          });
    }
  }

  /**
   * Forgets a wait that was given up before its future was done. Only one: a thread that steals a
   * task while it waits may wait for the same twice.
   */
  @Override
  public synchronized void endWait(Chain waiter, CompletableFuture<?> end) {
    Name name = new Name(waiter, end);
    Wait wait = waits.get(name);
    if (wait != null && --wait.times == 0) {
      waits.remove(name);
      unblock(waiter, wait);
    }
  }
}
