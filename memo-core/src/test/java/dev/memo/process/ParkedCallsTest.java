package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.BulkCalls;
import dev.memo.call.MissReason;
import dev.memo.call.Parked;
import dev.memo.claims.Chain;
import dev.memo.claims.WaitGraph;
import dev.memo.claims.Waits;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Inputs of batches that wait, without a thread, for what another process computes. The tests share
 * that process, and each has a key of its own.
 */
@Tag("heavy")
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ParkedCallsTest {
  private static final Duration FOR_EVER = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Path path;
  private final OpenDirectory directory;
  private final Peer peer;
  private final List<String> begun = new CopyOnWriteArrayList<>();

  ParkedCallsTest(@TempDir Path folder) {
    path = folder.resolve("d");
    directory = Openings.open(path, Times.DEFAULT);
    peer = Peer.start(path, Times.DEFAULT, FOR_EVER, true);
    peer.await("opened");
  }

  @AfterAll
  void close() {
    peer.close();
    directory.close();
  }

  private GatedFunctions functions(Waits waits, Duration maxWait) {
    return new GatedFunctions(directory.primary(), waits, maxWait, begun::add);
  }

  private GatedFunctions functions() {
    return functions(directory.primary().waits(), FOR_EVER);
  }

  private static <T> CompletableFuture<T> async(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> new Thread(task).start());
  }

  private static <T> T get(CompletableFuture<T> result) {
    try {
      return result.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitWaits(int waits) {
    Openings.awaitState(directory, waits + " wait", state -> state.waits() == waits);
  }

  private static long maxWaits(GatedFunctions functions) {
    return functions.stats().missesByReason().get(MissReason.MAX_WAIT);
  }

  /**
   * The peer computes g, a batch in the computation of f here waits for it, and g needs f.
   *
   * @return how often the peer was told to compute although another did
   */
  private long crossTheirCalls(GatedFunctions here, int key) {
    long before = Long.parseLong(peer.get("cycles"));
    Peer.Asked g = peer.ask("call", "g", key);
    peer.await("computes g " + key);
    here.open("g", key + GatedFunctions.BEYOND);
    here.open("g", key);
    here.open("f", key, GatedFunctions.BATCH + "g");
    CompletableFuture<String> f = async(() -> here.call("f", key));
    int beyond = key + GatedFunctions.BEYOND;
    Openings.await("the other input runs", () -> begun.contains("g " + beyond));
    awaitWaits(1);
    peer.get("open", "f", key);
    peer.get("open", "g", key, "f");
    String value = get(f);
    String other = g.value();
    assertThat(here.call("f", key)).isEqualTo(peer.get("call", "f", key)).isNotNull();
    assertThat(value).isNotNull();
    assertThat(here.call("g", key)).isEqualTo(other);
    awaitWaits(0);
    return Long.parseLong(peer.get("cycles")) - before;
  }

  @Test
  @DisplayName("P4: a cycle through an input that is parked is seen by whoever would close it")
  void aCycleThroughAParkedInput() {
    GatedFunctions here = functions();
    assertThat(crossTheirCalls(here, 1)).isEqualTo(1);
    assertThat(here.stats().cycleBreaks()).isZero();
    assertThat(begun).doesNotContain("g 1");
    assertThat(maxWaits(here)).isZero();
  }

  @Test
  @DisplayName("twin: where the waits of parked inputs are not known, only maxWait ends that cycle")
  void twinOfUnknownWaits() {
    GatedFunctions here = functions(WaitGraph.unconnected(), SHORT);
    assertThat(crossTheirCalls(here, 2)).isZero();
    assertThat(maxWaits(here)).isEqualTo(1);
    assertThat(begun).contains("g 2");
  }

  @Test
  @DisplayName("P4: an input that would close a cycle is not parked")
  void anInputThatWouldCloseACycle() {
    GatedFunctions here = functions();
    Peer.Asked g = peer.ask("call", "g", 3);
    peer.await("computes g 3");
    CompletableFuture<String> f = async(() -> here.call("f", 3));
    Openings.await("f runs", () -> begun.contains("f 3"));
    peer.get("open", "g", 3, "f");
    awaitWaits(1);
    here.open("g", 3);
    here.open("g", 3 + GatedFunctions.BEYOND);
    here.open("f", 3, GatedFunctions.BATCH + "g");
    assertThat(get(f)).isEqualTo(peer.get("call", "f", 3));
    assertThat(g.value()).isEqualTo(here.call("g", 3));
    assertThat(here.stats().cycleBreaks()).isEqualTo(1);
    assertThat(begun).contains("g 3");
  }

  @Test
  @DisplayName("P1: what its worker does meanwhile does not wait for a parked input")
  void othersDoNotWaitForIt() {
    assertThat(needOneOfTheOthers(4, here -> Parallel.map(here.function("f"), List.of(4, 1004), 1)))
        .isZero();
    assertThat(begun).containsOnlyOnce("g 4").doesNotContain("f 4");
  }

  @Test
  @DisplayName("twin: tried in one chain, they seem to")
  void twinOfOneChain() {
    peer.get("open", "g", 5);
    long cycles =
        needOneOfTheOthers(
            5,
            here ->
                Chain.root()
                    .run(
                        chain -> {
                          BulkCalls<Integer, String, RuntimeException> calls =
                              new BulkCalls<>(here.function("f"), new Integer[] {5, 1005});
                          calls.lookUp(0, 2);
                          assertThat(calls.lookedUp()).isFalse();
                          Parked parked = calls.tryCall(0);
                          assertThat(parked).isNotNull();
                          assertThat(calls.tryCall(1)).isNull();
                          CompletableFuture<Void> over = new CompletableFuture<>();
                          parked.whenOver(() -> over.complete(null));
                          get(over);
                          parked.end();
                          assertThat(calls.tryCall(0)).isNull();
                          return List.of();
                        }));
    assertThat(cycles).isEqualTo(1);
  }

  private interface Batch {
    List<String> of(GatedFunctions here);
  }

  /** The peer computes f(key), which needs g(key), which the other input here computes. */
  private long needOneOfTheOthers(int key, Batch batch) {
    long before = Long.parseLong(peer.get("cycles"));
    GatedFunctions here = functions();
    Peer.Asked f = peer.ask("call", "f", key);
    peer.await("computes f " + key);
    here.open("f", key + GatedFunctions.BEYOND, "g" + GatedFunctions.WITH + key);
    CompletableFuture<List<String>> results = async(() -> batch.of(here));
    Openings.await("g runs", () -> begun.contains("g " + key));
    awaitWaits(1);
    peer.get("open", "f", key, "g");
    if (peerWaits(f)) {
      awaitWaits(2);
    }
    here.open("g", key);
    assertThat(f.value()).isEqualTo(here.call("f", key));
    assertThat(get(results)).isNotNull();
    assertThat(here.stats().cycleBreaks()).isZero();
    return Long.parseLong(peer.get("cycles")) - before;
  }

  /** Waits until the peer waits, or has its value without that. */
  private boolean peerWaits(Peer.Asked asked) {
    Openings.await(
        "the peer waits or not", () -> asked.isAnswered() || peer.get("waiters").equals("1"));
    return !asked.isAnswered();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("P4: what a process computed that was killed is computed by who had parked it")
  void theHolderIsKilled(boolean leads, @TempDir Path folder) {
    Path shared = folder.resolve("d");
    List<Integer> inputs = IntStream.range(0, 40).boxed().toList();
    OpenDirectory first = leads ? Openings.open(shared, Times.DEFAULT) : null;
    try (Peer holder = Peer.open(shared, Times.DEFAULT);
        OpenDirectory own = first == null ? Openings.open(shared, Times.DEFAULT) : first) {
      assertThat(Openings.role(own)).isEqualTo(leads ? "leads" : "follows");
      List<String> runs = new CopyOnWriteArrayList<>();
      GatedFunctions here =
          new GatedFunctions(own.primary(), own.primary().waits(), FOR_EVER, runs::add);
      for (int key = 0; key < 8; key++) {
        Peer.Asked unused = holder.ask("call", "f", key);
      }
      Openings.await("it computes", () -> holder.mentions("computes f").size() == 8);
      inputs.forEach(key -> here.open("f", key));
      CompletableFuture<List<String>> results =
          async(() -> Parallel.map(here.function("f"), inputs, 2));
      Openings.await("the others have run", () -> runs.size() == 32);
      Openings.awaitState(own, "eight wait", state -> state.waits() == 8);
      assertThat(results).isNotDone();

      holder.kill();

      assertThat(new HashSet<>(get(results))).hasSize(40);
      assertThat(new ArrayList<>(runs)).hasSize(40).doesNotHaveDuplicates();
      Openings.awaitState(
          own, "nothing is left", state -> state.waits() == 0 && state.claims() == 0);
    }
  }

  @Test
  @DisplayName("inputs that are parked need no threads when their primary is killed")
  void theLossOfThePrimaryTakesNoThreads(@TempDir Path folder) {
    int many = 150;
    Path shared = folder.resolve("d");
    List<Integer> inputs = IntStream.range(0, many).boxed().toList();
    try (Peer holder = Peer.open(shared, Times.DEFAULT);
        OpenDirectory own = Openings.open(shared, Times.DEFAULT)) {
      assertThat(Openings.role(own)).isEqualTo("follows");
      List<String> runs = new CopyOnWriteArrayList<>();
      GatedFunctions here =
          new GatedFunctions(own.primary(), own.primary().waits(), FOR_EVER, runs::add);
      inputs.forEach(key -> holder.ask("call", "f", key));
      Openings.await("it computes", () -> holder.mentions("computes f").size() == many);
      inputs.forEach(key -> here.open("f", key));
      CompletableFuture<List<String>> results =
          async(() -> Parallel.map(here.function("f"), inputs, 2));
      Openings.awaitState(own, "all wait", state -> state.waits() == many);

      holder.kill();

      assertThat(get(results)).hasSize(many);
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("memo asks again"))
              .count();
      assertThat(threads).as("threads that have asked again").isLessThan(10);
    }
  }
}
