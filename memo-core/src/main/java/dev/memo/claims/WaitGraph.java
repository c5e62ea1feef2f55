package dev.memo.claims;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Which chain waits for which, so that no wait closes a cycle.
 *
 * <p>A chain is blocked by its own wait and by those of its tasks. Before a wait begins, the graph
 * is searched from the holder: if it is blocked, directly or through others, by a chain that cannot
 * go on before the waiter has, the wait would never end. A search visits each wait at most once.
 *
 * <p><b>Threads</b>: safe; one lock guards the list of waits, and nothing is called under it but
 * {@code isDone}.
 */
public final class WaitGraph implements Waits {
  /** The graph of this JVM: a cycle may lead through several directories. */
  public static final WaitGraph JVM = new WaitGraph();

  private record Wait(Chain waiter, Chain holder, CompletableFuture<?> end) {}

  private final List<Wait> waits = new ArrayList<>(); // guarded by this

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
    List<Wait> open = new ArrayList<>();
    for (Iterator<Wait> i = waits.iterator(); i.hasNext(); ) {
      Wait wait = i.next();
      if (wait.end.isDone()) {
        i.remove();
      } else {
        open.add(wait);
      }
    }
    Deque<Chain> reached = new ArrayDeque<>();
    Set<Chain> seen = new HashSet<>();
    reached.add(holder);
    while (!reached.isEmpty()) {
      Chain chain = reached.remove();
      if (chain.awaits(waiter)) {
        return false;
      }
      for (Iterator<Wait> i = open.iterator(); i.hasNext(); ) {
        Wait wait = i.next();
        if (chain.awaits(wait.waiter)) {
          i.remove();
          if (seen.add(wait.holder)) {
            reached.add(wait.holder);
          }
        }
      }
    }
    waits.add(new Wait(waiter, holder, end));
    return true;
  }

  /**
   * Forgets a wait that was given up before its future was done. Only one: a thread that steals a
   * task while it waits may wait for the same twice.
   */
  @Override
  public synchronized void endWait(Chain waiter, CompletableFuture<?> end) {
    for (int i = 0; i < waits.size(); i++) {
      if (waits.get(i).waiter == waiter && waits.get(i).end == end) {
        waits.remove(i);
        return;
      }
    }
  }
}
