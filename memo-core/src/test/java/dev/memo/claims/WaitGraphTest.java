package dev.memo.claims;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P1: a wait that would close a cycle is refused, and no other")
class WaitGraphTest {
  private final WaitGraph graph = new WaitGraph();
  private final CompletableFuture<Void> never = new CompletableFuture<>();

  @Test
  void chainDoesNotWaitForItself() {
    Chain chain = Chain.root();

    assertThat(graph.tryWait(chain, chain, never)).isFalse();
  }

  @Test
  void strangersWaitForOneAnotherInOneDirection() {
    Chain first = Chain.root();
    Chain second = Chain.root();

    assertThat(graph.tryWait(first, second, never)).isTrue();
    assertThat(graph.tryWait(second, first, new CompletableFuture<>())).isFalse();
  }

  @Test
  void cycleOverManyChainsIsSeen() {
    List<Chain> chains = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      chains.add(Chain.root());
    }
    for (int i = 0; i + 1 < chains.size(); i++) {
      assertThat(graph.tryWait(chains.get(i), chains.get(i + 1), never)).isTrue();
    }

    assertThat(graph.tryWait(chains.get(9), chains.get(0), never)).isFalse();
  }

  @Test
  void taskDoesNotWaitForTheParentThatWaitsForIt() {
    Chain parent = Chain.root();
    Chain task = Chain.child(parent, () -> false);
    Chain taskOfTask = Chain.child(task, () -> false);

    assertThat(graph.tryWait(task, parent, never)).isFalse();
    assertThat(graph.tryWait(taskOfTask, parent, never)).isFalse();
  }

  @Test
  void siblingsWaitForOneAnother() {
    Chain parent = Chain.root();
    Chain first = Chain.child(parent, () -> false);
    Chain second = Chain.child(parent, () -> false);

    assertThat(graph.tryWait(first, second, never)).isTrue();
    assertThat(graph.tryWait(second, first, new CompletableFuture<>())).isFalse();
  }

  @Test
  void waitOfATaskBlocksItsParent() {
    Chain parent = Chain.root();
    Chain task = Chain.child(parent, () -> false);
    Chain stranger = Chain.root();

    assertThat(graph.tryWait(task, stranger, never)).isTrue();
    assertThat(graph.tryWait(stranger, parent, new CompletableFuture<>())).isFalse();
  }

  @Test
  void waitThatIsOverCountsNoMoreThoughItsThreadHasNotWokenUp() {
    Chain first = Chain.root();
    Chain second = Chain.root();
    CompletableFuture<Void> over = new CompletableFuture<>();
    assertThat(graph.tryWait(first, second, over)).isTrue();

    over.complete(null);

    assertThat(graph.tryWait(second, first, never)).isTrue();
  }

  @Test
  void waitThatWasGivenUpCountsNoMore() {
    Chain first = Chain.root();
    Chain second = Chain.root();
    assertThat(graph.tryWait(first, second, never)).isTrue();

    graph.endWait(first, never);

    assertThat(graph.tryWait(second, first, new CompletableFuture<>())).isTrue();
  }

  @Test
  void waitOfAStolenTaskIsGivenUpWithoutThatBelowItOnTheStack() {
    Chain thief = Chain.root();
    Chain holder = Chain.root();
    assertThat(graph.tryWait(thief, holder, never)).isTrue();
    assertThat(graph.tryWait(thief, holder, never)).isTrue();

    graph.endWait(thief, never);

    assertThat(graph.tryWait(holder, thief, new CompletableFuture<>())).isFalse();
  }

  @Test
  void waitsThatAreOverAreForgottenThoughNobodyEndsThem() {
    Chain parent = Chain.root();
    for (int i = 0; i < 10_000; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      assertThat(graph.tryWait(Chain.child(parent, () -> false), Chain.root(), end)).isTrue();
      end.complete(null);
    }
    assertThat(graph.kept()).isLessThan(1_000);
    assertThat(graph.tryWait(Chain.root(), parent, never)).isTrue();
  }

  @Test
  void manyTasksMayWaitAtATime() {
    Chain parent = Chain.root();
    Chain holder = Chain.root();
    List<Chain> tasks = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      tasks.add(Chain.child(parent, () -> false));
      assertThat(graph.tryWait(tasks.get(i), holder, never)).isTrue();
    }
    assertThat(graph.kept()).isEqualTo(tasks.size());
    assertThat(graph.tryWait(holder, parent, new CompletableFuture<>())).isFalse();
    tasks.forEach(task -> graph.endWait(task, never));
    assertThat(graph.kept()).isZero();
    assertThat(graph.tryWait(holder, parent, new CompletableFuture<>())).isTrue();
  }

  /** The oracle: a wait is allowed if and only if some order of finishing remains. */
  @Test
  void agreesWithAnExhaustiveSearchOnRandomForests() {
    long seed = 20261120;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      WaitGraph fresh = new WaitGraph();
      int n = 2 + random.nextInt(8);
      List<Chain> chains = new ArrayList<>();
      int[] parents = new int[n];
      for (int i = 0; i < n; i++) {
        parents[i] = i == 0 || random.nextBoolean() ? -1 : random.nextInt(i);
        chains.add(
            parents[i] < 0 ? Chain.root() : Chain.child(chains.get(parents[i]), () -> false));
      }
      int[] waitsFor = new int[n];
      java.util.Arrays.fill(waitsFor, -1);
      for (int step = 0; step < 3 * n; step++) {
        int waiter = random.nextInt(n);
        int holder = random.nextInt(n);
        if (waitsFor[waiter] >= 0) {
          continue;
        }
        waitsFor[waiter] = holder;
        boolean expected = allCanFinish(parents, waitsFor);
        boolean allowed =
            fresh.tryWait(chains.get(waiter), chains.get(holder), new CompletableFuture<>());
        assertThat(allowed).as("seed %d, round %d, step %d", seed, round, step).isEqualTo(expected);
        if (!allowed) {
          waitsFor[waiter] = -1;
        }
      }
    }
  }

  private static boolean allCanFinish(int[] parents, int[] waitsFor) {
    int n = parents.length;
    boolean[] finished = new boolean[n];
    boolean progress = true;
    while (progress) {
      progress = false;
      for (int i = 0; i < n; i++) {
        boolean blocked = waitsFor[i] >= 0 && !finished[waitsFor[i]];
        for (int child = 0; child < n; child++) {
          blocked |= parents[child] == i && !finished[child];
        }
        if (!finished[i] && !blocked) {
          finished[i] = true;
          progress = true;
        }
      }
    }
    for (boolean done : finished) {
      if (!done) {
        return false;
      }
    }
    return true;
  }
}
