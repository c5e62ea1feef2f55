package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.process.SoakWorker.Count;
import dev.memo.process.SoakWorker.Looks;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that read for themselves for a long time, while tables are written out, compacted and
 * deleted, and one process after the other leads: nobody gets a wrong value or an exception, and
 * what processes hold does not grow.
 */
@Tag("heavy")
final class LocalReadsSoakTest {
  private static final long SEED = Long.getLong("memo.test.seed", 20261128L);
  private static final boolean SOAK = "soak".equals(System.getProperty("memo.test.size"));
  private static final Duration LENGTH =
      SOAK
          ? Duration.ofMinutes(Integer.getInteger("memo.test.minutes", 60))
          : Duration.ofSeconds(6);

  private static final Duration BETWEEN_TAKEOVERS =
      SOAK ? Duration.ofSeconds(15) : Duration.ofMillis(1_500);

  /** The others only close the directory and open it again, so that processes get old. */
  private static final int KILLS_ONE_OF = SOAK ? 8 : 2;

  private static final Duration BETWEEN_LOOKS =
      SOAK ? Duration.ofSeconds(1) : Duration.ofMillis(100);

  /** Two hundred results or so: a table is made every second or so, and soon compacted. */
  private static final long WRITE_BUFFER_BYTES = 512 << 10;

  /** Tables and logs of a view and of what replaces it, and connections. */
  private static final int MAX_DESCRIPTORS = 500;

  /** What is written and compacted while a process keeps a view, which is half a minute or so. */
  private static final long MAX_PINNED = 256 << 20;

  /** A heap of 128 MiB, the JVM, block caches of 96 MiB, and logs of 8 MiB in memory twice. */
  private static final long MAX_RESIDENT = 512 << 20;

  /** Of a life, in the report. */
  private static final int PARTS = 6;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path directory;
  private final SharedLongs shared;
  private final Child[] children = new Child[SoakWorker.SLOTS];
  private final List<String> said = new ArrayList<>();
  private final Map<Long, List<Vitals>> vitals = new TreeMap<>();

  LocalReadsSoakTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.directory = folder.resolve("shared.memo");
    this.shared = SharedLongs.open(folder.resolve("shared"), SoakWorker.SHARED);
  }

  /** A process in its slot. */
  private final class Child {
    final int slot;
    final ChildJvm jvm;

    Child(int slot, Looks looks) {
      this.slot = slot;
      this.jvm =
          ChildJvm.of(
                  SoakWorker.class,
                  directory,
                  folder.resolve("shared"),
                  slot,
                  SEED,
                  looks,
                  WRITE_BUFFER_BYTES)
              .option("-Xmx128m")
              // glibc gives 16 threads an arena each, and what they leave in it to nobody else
              .prefix("env", "MALLOC_ARENA_MAX=2")
              .start();
    }

    long pid() {
      return jvm.process().pid();
    }

    void awaitLine(String start) {
      String line = jvm.awaitLine(start, "failed", "wrong", "error");
      assertThat(line).as("seed %s", SEED).startsWith(start);
    }

    void tell(String command) throws IOException {
      OutputStream input = jvm.process().getOutputStream();
      input.write((command + "\n").getBytes(UTF_8));
      input.flush();
    }
  }

  @Test
  @DisplayName("P2, P4, P6: local reads are right, and hold no more after a long time")
  void longLivesOfReaders() throws IOException {
    long begin = System.nanoTime();
    int takeovers = 0;
    int kills = 0;
    try {
      for (int slot = 0; slot < SoakWorker.SLOTS; slot++) {
        start(slot, looks(slot));
      }
      long end = System.nanoTime() + LENGTH.toNanos();
      long changes = 0;
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      long next = System.nanoTime() + BETWEEN_TAKEOVERS.toNanos();
      while (System.nanoTime() < end) {
        look();
        requireRight();
        if (count(Count.CHANGES) > changes) {
          changes = count(Count.CHANGES);
          deadline = System.nanoTime() + PATIENCE.toNanos();
        }
        assertThat(System.nanoTime()).as("seed %s goes on", SEED).isLessThan(deadline);
        if (System.nanoTime() > next) {
          Child leader = leader();
          takeovers++;
          if (takeovers % KILLS_ONE_OF == 0 && leader.slot != 0) { // one lives as long as the test
            kills++;
            said.addAll(leader.jvm.kill());
            start(leader.slot, looks(leader.slot));
          } else {
            leader.tell("leave");
            leader.awaitLine("left");
          }
          next = System.nanoTime() + BETWEEN_TAKEOVERS.toNanos();
        }
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      }
      stop();
    } finally {
      close();
    }
    report(begin, takeovers, kills);
    requireRight();
    requireBounds();
    assertThat(count(Count.HERE)).as("read here").isGreaterThan(count(Count.READS) / 100);
    assertThat(tables()).as("files that were made").isGreaterThan(20);
  }

  private static Looks looks(int slot) {
    return slot == SoakWorker.SLOTS - 1 ? Looks.USUAL : Looks.EAGER;
  }

  @Test
  @DisplayName("twin: with views that do not know what is old, wrong values are seen at once")
  void twinOfViews() throws IOException {
    try {
      start(0, Looks.EAGER);
      start(1, Looks.FROZEN);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (count(Count.WRONG) == 0) {
        assertThat(System.nanoTime()).as("seed %s", SEED).isLessThan(deadline);
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      }
      System.out.println(children[1].jvm.awaitLine("wrong"));
    } finally {
      close();
    }
    assertThat(count(Count.ERRORS)).isZero();
  }

  private void start(int slot, Looks looks) {
    children[slot] = new Child(slot, looks);
    children[slot].awaitLine("opened");
  }

  private void stop() throws IOException {
    for (Child child : children) {
      child.tell("stop");
    }
    for (Child child : children) {
      child.awaitLine("stopped");
    }
    for (Child child : children) {
      child.jvm.process().getOutputStream().close();
      said.addAll(child.jvm.awaitEnd());
    }
  }

  private void close() {
    Arrays.stream(children).filter(Objects::nonNull).forEach(child -> child.jvm.close());
  }

  /** Waits for a process that has led long enough to say so. */
  private Child leader() throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<String> owner = Files.readAllLines(directory.resolve("owner"));
      for (Child child : children) {
        if (owner.contains("pid=" + child.pid())) {
          return child;
        }
      }
      assertThat(System.nanoTime()).as("seed %s: somebody leads", SEED).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private void look() throws IOException {
    for (Child child : children) {
      Vitals now = Vitals.of(child.pid(), directory);
      if (now != null) {
        vitals.computeIfAbsent(child.pid(), first -> new ArrayList<>()).add(now);
      }
    }
  }

  private long count(Count what) {
    long count = 0;
    for (int slot = 0; slot < SoakWorker.SLOTS; slot++) {
      count += shared.get(SoakWorker.countAt(slot, what));
    }
    return count;
  }

  private void requireRight() {
    if (count(Count.WRONG) + count(Count.ERRORS) != 0) {
      for (Child child : children) {
        said.addAll(child.jvm.kill());
      }
    }
    assertThat(said).as("seed %s", SEED).noneMatch(line -> line.matches("(wrong|error|failed).*"));
    assertThat(count(Count.WRONG)).isZero();
    assertThat(count(Count.ERRORS)).isZero();
  }

  /** How many tables and logs were made: RocksDB numbers its files. */
  private long tables() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("data"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d+\\..*"))
          .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
          .max()
          .orElse(0);
    }
  }

  private void report(long begin, int takeovers, int kills) throws IOException {
    StringBuilder counts = new StringBuilder();
    for (Count count : Count.values()) {
      counts.append(' ').append(count).append('=').append(count(count));
    }
    System.out.printf(
        Locale.ROOT,
        "seed %d: %.0f s, takeovers %d, of them by kills %d, files %d,%s%n",
        SEED,
        (System.nanoTime() - begin) / 1e9,
        takeovers,
        kills,
        tables(),
        counts);
    vitals.forEach(
        (pid, looks) ->
            System.out.printf(
                Locale.ROOT,
                "  process %d, %.0f s: descriptors %s, pinned KiB %s, threads %s, resident MiB %s%n",
                pid,
                age(looks) / 1e9,
                parts(looks, Vitals::descriptors),
                parts(looks, v -> v.pinnedBytes() >> 10),
                parts(looks, Vitals::threads),
                parts(looks, v -> v.residentBytes() >> 20)));
  }

  /** The most in each part of its life. */
  private static String parts(List<Vitals> looks, ToLongFunction<Vitals> what) {
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < PARTS; i++) {
      List<Vitals> part = looks.subList(i * looks.size() / PARTS, (i + 1) * looks.size() / PARTS);
      parts.append(i == 0 ? "" : "-").append(most(part, what));
    }
    return parts.toString();
  }

  private static long most(List<Vitals> looks, ToLongFunction<Vitals> what) {
    return looks.stream().mapToLong(what).max().orElse(0);
  }

  private void requireBounds() {
    vitals.forEach(
        (pid, looks) -> {
          String which = "seed %d, process %d: ".formatted(SEED, pid);
          assertThat(most(looks, Vitals::descriptors))
              .as(which + "descriptors")
              .isLessThanOrEqualTo(MAX_DESCRIPTORS);
          assertThat(most(looks, Vitals::pinnedBytes))
              .as(which + "deleted bytes that are open")
              .isLessThanOrEqualTo(MAX_PINNED);
          assertThat(most(looks, Vitals::residentBytes))
              .as(which + "resident bytes")
              .isLessThanOrEqualTo(MAX_RESIDENT);
          if (age(looks) > LENGTH.toNanos() / 3) {
            requireFlat(which + "descriptors", looks, Vitals::descriptors, 1, 150);
            requireFlat(which + "threads", looks, Vitals::threads, 1, 10);
            requireFlat(which + "resident bytes", looks, Vitals::residentBytes, 1.3, 64 << 20);
          }
        });
  }

  private static long age(List<Vitals> looks) {
    return looks.get(looks.size() - 1).nanos() - looks.get(0).nanos();
  }

  /** In the second half there is hardly more than in the first. */
  private static void requireFlat(
      String what, List<Vitals> looks, ToLongFunction<Vitals> of, double factor, long slack) {
    int half = looks.size() / 2;
    long first = most(looks.subList(0, half), of);
    assertThat(most(looks.subList(half, looks.size()), of))
        .as(what + " of the second half")
        .isLessThanOrEqualTo((long) (first * factor) + slack);
  }
}
