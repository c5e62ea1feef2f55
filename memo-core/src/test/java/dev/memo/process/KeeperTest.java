package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.FullLog;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Stored;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a process gets its role, keeps it and gives it up, whatever goes wrong on the way. */
@Timeout(120)
final class KeeperTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});
  private static final CallKey OTHER = CallKey.of(7, new byte[] {2});
  private static final int VARIANT = 1;

  private final Path path;

  KeeperTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private OpenDirectory open(Times times, Outdating outdating, LocalReads reads) {
    Leadership.Rules rules = new Leadership.Rules(stored -> true, outdating);
    return OpenDirectory.open(path, DirectorySettings.DEFAULT, times, rules, reads);
  }

  @Test
  @DisplayName("P1: the grace is counted from when others can come back, whatever comes before")
  void theGraceBeginsWhenThePrimaryServes() throws IOException {
    Duration grace = Duration.ofSeconds(2);
    Times times =
        new Times(Duration.ofMillis(40), Duration.ofMinutes(1), Duration.ofMinutes(1), grace);
    AtomicBoolean takesOver = new AtomicBoolean();
    Outdating slow =
        (start, changed) -> {
          if (takesOver.getAndSet(false)) {
            long end = System.nanoTime() + grace.plus(times.silence().dividedBy(60)).toNanos();
            Openings.await("longer than the grace", () -> System.nanoTime() - end > 0);
          }
          return Outdating.STARTED_BEFORE.isOutdated(start, changed);
        };
    OpenDirectory first = Openings.open(path, times);
    try (OpenDirectory next = open(times, slow, LocalReads.NONE);
        MemberFolder absent = MemberFolder.make(new Layout(path.toRealPath()))) {
      next.primary().register(7, "function");
      assertThat(next.primary().claim(KEY, VARIANT, 0, Chain.root()))
          .as("what is announced to the next primary, which is itself")
          .isInstanceOf(Answer.Granted.class);
      takesOver.set(true);
      first.close();
      assertThat(next.primary().claim(OTHER, VARIANT, 0, Chain.root()))
          .as(absent.name() + " may be computing it")
          .isInstanceOf(Answer.Wait.class);
      assertThat(takesOver).isFalse();
      assertThat(Openings.role(next)).isEqualTo("leads");
    }
  }

  /** Local reads that find no memory to rest, once. */
  private static final class FullReads implements LocalReads {
    final AtomicBoolean isFull = new AtomicBoolean();

    @Override
    public @Nullable Stored read(CallKey key, int variant) {
      return null;
    }

    @Override
    public void follow(Source source) {}

    @Override
    public void rest() {
      if (isFull.getAndSet(false)) {
        throw new OutOfMemoryError("of a test");
      }
    }

    @Override
    public void close() {}
  }

  @Test
  @DisplayName("P4: a keeper that finds no memory, nor any to say so, takes over when there is")
  void aKeeperOutlivesAFullHeap() {
    FullReads reads = new FullReads();
    OpenDirectory first = Openings.open(path, Openings.SOON);
    try (OpenDirectory next = open(Openings.SOON, Outdating.STARTED_BEFORE, reads);
        FullLog log = FullLog.of("dev.memo.process")) {
      Openings.awaitRole(next, "follows");
      reads.isFull.set(true);
      first.close();
      Openings.awaitRole(next, "leads");
      assertThat(log.refused()).isPositive();
      assertThat(reads.isFull).isFalse();
    }
  }

  private long mappings() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      String control = path.toRealPath().resolve("control").toString();
      return lines.filter(line -> line.endsWith(control)).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("P4: who tries in vain to follow a primary maps the control page once")
  void attemptsInVainMapNothing() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/self/maps")));
    Openings.open(path, Openings.SOON).close();
    Openings.await(
        "what was open before is unmapped",
        () -> {
          System.gc(); // mappings live until they are collected
          return mappings() == 0;
        });
    Layout layout = new Layout(path.toRealPath());
    UUID id = new UUID(1, 2);
    OwnerLock stopped = OwnerLock.tryAcquire(layout);
    assertThat(stopped).isNotNull();
    Owner.thisProcess(9, "gone.sock", id).write(layout.owner());
    try (OpenDirectory open = Openings.open(path, Openings.SOON)) { // tries as long as a call would
      assertThat(Openings.role(open)).isEqualTo("none");
      assertThat(mappings()).isEqualTo(1);
      assertThat(open.id()).as("results can go to the spool").isEqualTo(id);
    } finally {
      stopped.close();
    }
  }

  private static void interrupt(String thread) {
    Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().equals(thread))
        .forEach(Thread::interrupt);
  }

  @Test
  @DisplayName("P4: a close that cannot tell what was counted closes everything all the same")
  void closesWhateverCannotBeTold() throws Exception {
    CountDownLatch tells = new CountDownLatch(1);
    CompletableFuture<Boolean> goesOn = new CompletableFuture<>();
    try (OpenDirectory first = Openings.open(path, Openings.SOON);
        OpenDirectory next = Openings.open(path, Openings.SOON)) {
      Openings.awaitRole(next, "follows");
      next.countWith(
          () -> {
            if (Thread.currentThread().getName().equals("memo tells what it counted")) {
              tells.countDown();
              goesOn.join();
            }
            return Map.of();
          });
      CompletableFuture<Void> closed = CompletableFuture.runAsync(next::close);
      tells.await();
      interrupt("memo closes " + next.path());
      assertThat(closed.handle((nothing, failure) -> failure).join())
          .as("that it failed is said")
          .hasRootCauseInstanceOf(InterruptedException.class);
      assertThat(Openings.names(path.resolve("secondaries"))).as("of the first").hasSize(1);
      assertThat(Openings.role(first)).isEqualTo("leads");
    } finally {
      goesOn.complete(true);
    }
  }
}
