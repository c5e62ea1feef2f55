package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.MissReason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads of a member that are interrupted while another process is to answer. */
@Tag("heavy")
@Timeout(180)
final class InterruptedMembersTest {
  private final Path path;
  private final List<String> begun = new CopyOnWriteArrayList<>();
  private Peer primary;
  private OpenDirectory directory;
  private GatedFunctions here;
  private Role role;

  InterruptedMembersTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @BeforeEach
  void follow() {
    primary = Peer.open(path, Times.DEFAULT);
    directory = Openings.open(path, Times.DEFAULT);
    assertThat(Openings.role(directory)).isEqualTo("follows");
    here = GatedFunctions.of(directory, begun::add);
    role = role();
  }

  private Role role() {
    return ((Member) directory.primary()).role();
  }

  @AfterEach
  void close() {
    directory.close();
    primary.close();
  }

  private void assertSameConnection() {
    assertThat(role()).as("the connection").isNotNull().isSameAs(role);
    assertThat(here.stats().missesByReason().get(MissReason.NO_PRIMARY)).isZero();
    assertThat(here.stats().spooled()).isZero();
  }

  /** Calls on a thread of its own, which ends well if the interrupt flag is set after the call. */
  private final class Call {
    final CompletableFuture<String> value = new CompletableFuture<>();
    final Thread thread;

    Call(String function, int key) {
      thread =
          new Thread(
              () -> {
                try {
                  String returned = here.call(function, key);
                  assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
                  value.complete(returned);
                } catch (Throwable e) {
                  value.completeExceptionally(e);
                }
              });
      thread.start();
    }

    String get() throws Exception {
      return value.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  @DisplayName("P1, P4: an interrupt during an answer that is late does not end the wait for it")
  void interruptedBeforeTheAnswer() throws Exception {
    List<String> stored = new ArrayList<>();
    for (int i = 0; i < 20; i += 2) {
      stored.add(primary.get("call", "quick", i));
    }
    primary.stop();
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Call call = new Call("quick", i);
      calls.add(call);
      Openings.await("it waits", () -> call.thread.getState() == Thread.State.TIMED_WAITING);
      call.thread.interrupt();
    }
    primary.resume();
    for (int i = 0; i < calls.size(); i++) {
      String value = calls.get(i).get();
      if (i % 2 == 0) {
        assertThat(value).isEqualTo(stored.get(i / 2));
      } else {
        assertThat(primary.get("call", "quick", i)).isEqualTo(value);
      }
    }
    assertThat(begun).hasSize(10).doesNotHaveDuplicates();
    assertSameConnection();
  }

  @Test
  @DisplayName("P1, P4: who is interrupted while it waits for a claim computes; others wait on")
  void interruptedWhileItWaitsForAClaim() throws Exception {
    Peer.Asked slow = primary.ask("call", "f", 1);
    primary.await("computes f 1");
    Peer.Asked slowToo = primary.ask("call", "g", 1);
    primary.await("computes g 1");
    CompletableFuture<String> other = CompletableFuture.supplyAsync(() -> here.call("g", 1));
    Openings.await("it waits", () -> Openings.waiters() == 1);
    here.open("f", 1);
    Call call = new Call("f", 1);
    Openings.await("both wait", () -> Openings.waiters() == 2);
    call.thread.interrupt();
    Openings.await("it computes", () -> begun.equals(List.of("f 1")));
    String value = call.get();
    primary.get("open", "f", 1);
    assertThat(slow.value()).as("the first result wins").isEqualTo(value);
    assertThat(other).isNotDone();
    primary.get("open", "g", 1);
    assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(slowToo.value());
    assertThat(begun).containsExactly("f 1");
    assertThat(here.stats().missesByReason().get(MissReason.INTERRUPTED)).isEqualTo(1);
    assertSameConnection();
  }

  @Test
  @DisplayName("P4: thousands of interrupts at any moment of calls leave the connection as it is")
  void interruptedAtAnyMoment() throws Exception {
    int threads = 8;
    int calls = 300;
    List<Thread> workers = new ArrayList<>();
    List<CompletableFuture<Integer>> ends = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int worker = t;
      CompletableFuture<Integer> end = new CompletableFuture<>();
      ends.add(end);
      workers.add(
          new Thread(
              () -> {
                try {
                  int interrupted = 0;
                  for (int i = 0; i < calls; i++) {
                    // half of the calls are for keys that another thread asks for at the same time
                    int key = i % 2 == 0 ? i : 1_000 * (worker + 1) + i;
                    assertThat(here.call("quick", key)).isNotNull();
                    interrupted += Thread.interrupted() ? 1 : 0;
                  }
                  end.complete(interrupted);
                } catch (Throwable e) {
                  end.completeExceptionally(e);
                }
              }));
    }
    workers.forEach(Thread::start);
    long sent = 0;
    while (!ends.stream().allMatch(CompletableFuture::isDone)) {
      for (Thread worker : workers) {
        worker.interrupt();
        sent++;
      }
      Thread.onSpinWait();
    }
    int noticed = 0;
    for (CompletableFuture<Integer> end : ends) {
      noticed += end.get();
    }
    System.out.println(sent + " interrupts, " + noticed + " calls interrupted");
    assertThat(noticed).isPositive();
    assertSameConnection();
    for (int key = 0; key < calls; key += 2) {
      assertThat(primary.get("call", "quick", key)).isEqualTo(here.call("quick", key));
    }
  }

  @Test
  @DisplayName("P6: mutations of interrupted threads are carried out")
  void interruptedMutations() throws Exception {
    String old = primary.get("call", "quick", 1);
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.currentThread().interrupt();
                here.invalidate("quick", 1);
                here.put("quick", 2, "put");
                flag.complete(Thread.interrupted());
              } catch (Throwable e) {
                flag.completeExceptionally(e);
              }
            });
    thread.start();
    assertThat(flag.get(60, TimeUnit.SECONDS)).as("the flag is kept").isTrue();
    assertThat(primary.get("peek", "quick", 2)).isEqualTo("put");
    assertThat(primary.get("call", "quick", 1)).isNotEqualTo(old);
    assertSameConnection();
  }
}
