package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.DirectoryStats.Role;
import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.codec.TypeRef;
import dev.memo.store.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code memo.stats().shared()} says of all processes, while they come, go and are killed. */
@Tag("heavy")
@Timeout(300)
final class SharedStatsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TWICE = "twice version 1";

  private final Path path;
  private final List<Other> others = new ArrayList<>();

  SharedStatsTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @AfterEach
  void end() {
    others.forEach(Other::close);
  }

  /** Another process, which calls and says what it sees. */
  private final class Other implements AutoCloseable {
    final ChildJvm child = ChildJvm.of(Program.class, path).shortLived().start();
    final PrintStream commands =
        new PrintStream(child.process().getOutputStream(), true, StandardCharsets.UTF_8);

    Other() {
      others.add(this);
      child.awaitLine("opened");
    }

    /** Calls with the numbers below {@code to}. */
    void call(int to) {
      commands.println("call " + to);
      child.awaitLine("called");
    }

    /** The calls of all processes, as this one is told. */
    long calls() {
      commands.println("calls");
      return Long.parseLong(child.awaitLine("calls ").substring("calls ".length()));
    }

    void leave() {
      commands.close();
      child.awaitEnd();
    }

    @Override
    public void close() {
      child.close();
    }
  }

  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      CountDownLatch gate = new CountDownLatch(1);
      try (Memo memo = Memo.open(Path.of(arguments[0]))) {
        CachedFunction<Integer, Integer, RuntimeException> twice = twice(memo, gate);
        System.out.println("opened");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] words = line.split(" ", -1);
          if (words[0].equals("call")) {
            for (int i = 0; i < Integer.parseInt(words[1]); i++) {
              twice.call(i);
            }
            System.out.println("called");
          } else if (words[0].equals("hold")) {
            Thread holder = new Thread(() -> twice.call(-1));
            holder.setDaemon(true);
            holder.start();
          } else if (words[0].equals("free")) {
            gate.countDown();
          } else {
            System.out.println("calls " + memo.stats().shared().total().calls());
          }
        }
      }
    }
  }

  /** Of a negative number it is computed when the gate is open. */
  private static CachedFunction<Integer, Integer, RuntimeException> twice(
      Memo memo, CountDownLatch gate) {
    return memo.function("twice", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(
            number -> {
              if (number < 0) {
                System.out.println("computes");
                await(gate);
              }
              return 2 * number;
            });
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static DirectoryStats await(Memo memo, String what, Predicate<DirectoryStats> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    DirectoryStats shared = memo.stats().shared();
    while (!condition.test(shared)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it never came that " + what + ": " + shared);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      shared = memo.stats().shared();
    }
    return shared;
  }

  private static void awaitCalls(Memo memo, long calls) {
    DirectoryStats unused =
        await(memo, "there were " + calls + " calls", s -> s.total().calls() == calls);
  }

  private static void awaitCalls(Other other, long calls) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (other.calls() != calls) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static void call(Memo memo, int to) {
    CachedFunction<Integer, Integer, RuntimeException> twice = twice(memo, new CountDownLatch(0));
    for (int i = 0; i < to; i++) {
      assertThat(twice.call(i)).isEqualTo(2 * i);
    }
  }

  @Test
  void eachOfThreeProcessesSeesTheSumOfAll() {
    try (Memo memo = Memo.open(path)) {
      call(memo, 10);
      Other second = new Other();
      Other third = new Other();
      second.call(20);
      third.call(30);

      DirectoryStats shared = await(memo, "all is told", s -> s.total().calls() == 60);
      assertThat(shared.role()).isEqualTo(Role.PRIMARY);
      assertThat(shared.processes()).isEqualTo(3);
      assertThat(shared.ownerEpoch()).isEqualTo(1);
      assertThat(shared.takeovers()).isZero();
      FunctionStats twice = shared.functions().get(TWICE);
      assertThat(twice).isEqualTo(shared.total());
      assertThat(twice.computations()).isEqualTo(30);
      assertThat(twice.missesByReason()).containsEntry(MissReason.ABSENT, 30L);
      assertThat(twice.hitsBySource()).containsEntry(HitSource.DISK, 30L);
      assertThat(memo.stats().total().calls()).as("of this process").isEqualTo(10);
      assertThat(shared.report().lines())
          .hasSize(5)
          .anyMatch(line -> line.contains("PRIMARY") && line.contains("processes: 3"))
          .anyMatch(line -> line.matches(" +60 +30 +30 +0 +30 +0 +0 .*" + TWICE));
      awaitCalls(second, 60);
      awaitCalls(third, 60);
    }
  }

  @Test
  void aProcessTellsAllWhenItCloses() {
    try (Memo memo = Memo.open(path)) {
      Other second = new Other();
      second.call(20);
      second.leave();
      awaitCalls(memo, 20);
      await(memo, "it is alone", s -> s.processes() == 1);
    }
  }

  @Test
  void theSumsSurviveThatAllProcessesEnd() {
    Other first = new Other();
    Other second = new Other();
    first.call(10);
    second.call(20);
    second.leave();
    first.leave();
    try (Memo memo = Memo.open(path)) {
      DirectoryStats shared = memo.stats().shared();
      assertThat(shared.total().calls()).isEqualTo(30);
      assertThat(shared.total().computations()).isEqualTo(20);
      assertThat(shared.takeovers()).isEqualTo(1);
      assertThat(shared.ownerEpoch()).isEqualTo(2);
      assertThat(memo.stats().total().calls()).as("of this process").isZero();
    }
  }

  @Test
  @DisplayName("P4: what was told a second before survives that the primary is killed")
  void theSumsSurviveAKilledPrimary() {
    Other primary = new Other();
    primary.call(10);
    try (Memo memo = Memo.open(path)) {
      assertThat(memo.stats().shared().role()).isEqualTo(Role.SECONDARY);
      call(memo, 20);
      awaitCalls(memo, 30);
      // In each second the primary counts its own calls, then writes. So when it has counted twice
      // more, what it wrote after the first time has all of before.
      primary.call(1);
      awaitCalls(memo, 31);
      primary.call(1);
      awaitCalls(memo, 32);
      primary.child.kill();
      DirectoryStats shared = await(memo, "it leads", s -> s.role() == Role.PRIMARY);
      assertThat(shared.total().calls()).isBetween(31L, 32L);
      assertThat(shared.takeovers()).isEqualTo(1);
      assertThat(shared.processes()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsLostOrCountedTwiceWhenAPrimaryCloses() throws Exception {
    Other primary = new Other();
    primary.call(10);
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, Integer, RuntimeException> twice = twice(memo, new CountDownLatch(0));
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Integer> calls =
          CompletableFuture.supplyAsync(
              () -> {
                int made = 0;
                for (; !enough.get(); made++) {
                  int unused = twice.call(made % 50);
                  LockSupport.parkNanos(Duration.ofNanos(20_000).toNanos());
                }
                return made;
              });
      await(memo, "calls are told", s -> s.total().calls() > 100);
      primary.leave();
      await(memo, "it leads", s -> s.role() == Role.PRIMARY);
      enough.set(true);
      int made = calls.get(60, TimeUnit.SECONDS);
      assertThat(memo.stats().shared().total().calls()).isEqualTo(10 + made);
    }
  }

  @Test
  void aHeldComputationIsAClaimAndWhoWaitsForItAWait() {
    try (Memo memo = Memo.open(path)) {
      Other holder = new Other();
      Other waiter = new Other();
      holder.commands.println("hold");
      holder.child.awaitLine("computes");
      DirectoryStats held = await(memo, "there is a claim", s -> s.claims() == 1);
      assertThat(held.waits()).isZero();
      waiter.commands.println("hold");
      await(memo, "there is a wait", s -> s.claims() == 1 && s.waits() == 1);
      holder.commands.println("free");
      // counted one by one, and told now and then
      DirectoryStats done =
          await(
              memo,
              "both have it, of one computation",
              s -> s.total().calls() == 2 && s.total().computations() == 1);
      assertThat(done.claims()).isZero();
      assertThat(done.waits()).isZero();
      waiter.commands.close();
      assertThat(waiter.child.awaitEnd()).doesNotContain("computes");
    }
  }

  @Test
  void aCallThatHadNoOutcomeWhenItsProcessWasKilledWasNotThere() throws Exception {
    try (Memo memo = Memo.open(path)) {
      CountDownLatch gate = new CountDownLatch(1);
      CachedFunction<Integer, Integer, RuntimeException> twice = twice(memo, gate);
      CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> twice.call(-1));
      await(memo, "it computes", s -> s.claims() == 1);
      Other other = new Other();
      other.commands.println("hold");
      await(memo, "the other waits for it", s -> s.waits() == 1);
      other.call(20);
      awaitCalls(memo, 21); // with the one that computes, which is a miss already
      other.child.kill();
      await(memo, "the other is gone", s -> s.processes() == 1 && s.waits() == 0);
      gate.countDown();
      assertThat(held.get(60, TimeUnit.SECONDS)).isEqualTo(-2);

      FunctionStats total = memo.stats().shared().total();
      assertThat(total.calls()).isEqualTo(21);
      assertThat(total.hits()).isZero();
      assertThat(total.misses()).isEqualTo(21);
      assertThat(total.computations()).isEqualTo(21);
    }
  }

  @Test
  void afterItWasClosedThereAreOnlyTheNumbersOfThisProcess() {
    new Other().call(20);
    Memo memo = Memo.open(path);
    call(memo, 10);
    memo.close();
    DirectoryStats shared = memo.stats().shared();
    assertThat(shared.role()).isEqualTo(Role.NONE);
    assertThat(shared.total().calls()).isEqualTo(10);
    assertThat(shared.processes()).isZero();
  }
}
