package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.call.HitSource;
import dev.memo.call.MissReason;
import dev.memo.claims.Stored;
import dev.memo.codec.TypeRef;
import dev.memo.process.ReadPath;
import dev.memo.store.Batch;
import dev.memo.store.ChildJvm;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A function that was renamed or moved finds what was stored under its former names. */
@SuppressWarnings("try") // bindings are for their end only
final class AliasesTest {
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final Path path;

  AliasesTest(@TempDir Path folder) {
    path = folder.resolve("d.memo");
  }

  /** As the class was first. */
  private static final class Old {
    static int length(String text) {
      RUNS.incrementAndGet();
      return text.length();
    }
  }

  /** As it is now: it says otherwise, so that nobody takes one for the other. */
  private static final class New {
    static int size(String text) {
      RUNS.incrementAndGet();
      return -text.length();
    }
  }

  private static final String OLD_NAME = "dev.memo.AliasesTest$Old#length(java.lang.String)";

  private static CachedFunction<String, Integer, RuntimeException> old() {
    return CachedMethod.in("aliases.memo", Old.class, "length", String.class).calls(Old::length);
  }

  private static CachedMethod renamed() {
    return CachedMethod.in("aliases.memo", New.class, "size", String.class);
  }

  /** A function by hand; each says its own name, so that one sees which has computed. */
  private static CachedFunction<Integer, String, RuntimeException> named(
      Memo memo, String name, String version, String... aliases) {
    return memo.function(name, version, TypeRef.of(Integer.class), TypeRef.of(String.class))
        .capturesNothing()
        .aliases(aliases)
        .calls(
            n -> {
              RUNS.incrementAndGet();
              return name + " " + n;
            });
  }

  @Test
  @DisplayName("P2, P5: a method that was renamed and moved finds its results, and they are hits")
  void aMovedMethodFindsItsResults() {
    try (Binding bound = Memo.bind("aliases.memo", path)) {
      assertThat(old().id()).isEqualTo(OLD_NAME);
      assertThat(old().call("four")).isEqualTo(4);
      CachedFunction<String, Integer, RuntimeException> moved =
          renamed().aliases(OLD_NAME).calls(New::size);
      int before = RUNS.get();
      assertThat(moved.call("four")).isEqualTo(4);
      assertThat(moved.call("four")).isEqualTo(4);
      assertThat(RUNS).hasValue(before);
      FunctionStats stats = moved.stats();
      assertThat(stats.hitsBySource())
          .containsEntry(HitSource.ALIAS, 1L)
          .containsEntry(HitSource.HEAP, 1L);
      assertThat(stats.misses()).isZero();
      assertThat(stats.calls()).isEqualTo(2);
      assertThat(stats.computations()).isZero();
      assertThat(moved.call("other")).as("which was never called").isEqualTo(-5);
      assertThat(moved.stats().missesByReason()).containsEntry(MissReason.ABSENT, 1L);
    }
  }

  @Test
  @DisplayName("twin: without the alias it computes")
  void twinWithoutAlias() {
    try (Binding bound = Memo.bind("aliases.memo", path)) {
      assertThat(old().call("four")).isEqualTo(4);
      assertThat(renamed().calls(New::size).call("four")).isEqualTo(-4);
    }
  }

  @Test
  void whatWasAdoptedIsFoundWithoutTheAliasFromThenOn() {
    try (Memo memo = Memo.open(path)) {
      assertThat(named(memo, "old", "1").call(1)).isEqualTo("old 1");
      assertThat(named(memo, "new", "1", "old").call(1)).isEqualTo("old 1");
    }
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> plain = named(memo, "new", "1");
      assertThat(plain.call(1)).isEqualTo("old 1");
      assertThat(plain.stats().hitsBySource()).containsEntry(HitSource.DISK, 1L);
    }
  }

  @Test
  void theFirstAliasThatHasAResultWins() {
    try (Memo memo = Memo.open(path)) {
      named(memo, "b", "1").call(1);
      named(memo, "c", "1").call(1);
      named(memo, "c", "1").call(2);
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "f", "1", "a", "b", "c");
      assertThat(f.call(1)).isEqualTo("b 1");
      assertThat(f.call(2)).isEqualTo("c 2");
      assertThat(f.call(3)).isEqualTo("f 3");
    }
  }

  @Test
  @DisplayName("P2: results of another version are not found")
  void theVersionMustAgree() {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
      assertThat(named(memo, "new", "2", "old").call(1)).isEqualTo("new 1");
    }
  }

  @Test
  void peekAndIsCachedFindThemAndComputeNothing() {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      int before = RUNS.get();
      assertThat(f.isCached(1)).isTrue();
      assertThat(f.peek(1).value()).isEqualTo("old 1");
      assertThat(f.isCached(2)).isFalse();
      assertThat(RUNS).hasValue(before);
      assertThat(f.stats().calls()).isZero();
    }
  }

  /** What is done under the own name, after which the former result is outdated. */
  enum Removal {
    INVALIDATE(f -> f.invalidate(1), "new 1"),
    INVALIDATE_ALL(CachedFunction::invalidateAll, "new 1"),
    PUT(f -> f.put(1, "put"), "put"),
    REFRESH(f -> f.refresh(1), "new 1");

    @SuppressWarnings("ImmutableEnumChecker") // method references
    private final Consumer<CachedFunction<Integer, String, RuntimeException>> action;

    private final String expected;

    Removal(Consumer<CachedFunction<Integer, String, RuntimeException>> action, String expected) {
      this.action = action;
      this.expected = expected;
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: what was removed or replaced under the own name does not come back")
  void removalsUnderTheOwnNameCount(Removal removal) {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      removal.action.accept(f);
      assertThat(f.peek(1).isPresent()).isEqualTo(removal.name().matches("PUT|REFRESH"));
      assertThat(f.call(1)).isEqualTo(removal.expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P6: nor in a process that only reads")
  void removalsCountForReaders(Removal removal) {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
      named(memo, "old", "1").call(2);
      removal.action.accept(named(memo, "new", "1", "old"));
    }
    try (Memo memo = Memo.at(path).readOnly().open()) {
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      assertThat(f.call(1)).isEqualTo(removal.expected);
      assertThat(f.call(2))
          .as("of another call")
          .isEqualTo(removal == Removal.INVALIDATE_ALL ? "new 2" : "old 2");
    }
  }

  @Test
  void aProcessThatOnlyReadsFindsThem() {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
    }
    try (Memo memo = Memo.at(path).readOnly().open()) {
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      assertThat(f.isCached(1)).isTrue();
      assertThat(f.call(1)).isEqualTo("old 1");
      assertThat(f.call(1)).isEqualTo("old 1");
      assertThat(f.stats().hitsBySource())
          .containsEntry(HitSource.ALIAS, 1L)
          .containsEntry(HitSource.HEAP, 1L);
      assertThat(f.stats().unstored()).isZero();
    }
  }

  @Test
  void whatIsComputedLaterUnderTheFormerNameCountsAgain() {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> old = named(memo, "old", "1");
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      f.invalidateAll();
      old.call(1);
      assertThat(f.call(1)).isEqualTo("old 1");
    }
  }

  @Test
  @DisplayName("P6: what was invalidated under the former name is not found")
  void removalsUnderTheFormerNameCount() {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> old = named(memo, "old", "1");
      old.call(1);
      old.call(2);
      old.invalidate(1);
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      assertThat(f.call(1)).isEqualTo("new 1");
      old.invalidateAll();
      assertThat(f.call(2)).isEqualTo("new 2");
    }
  }

  @Test
  void removalsUnderTheOwnNameLeaveTheFormerOneAlone() {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> old = named(memo, "old", "1");
      old.call(1);
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      f.call(1);
      f.invalidate(1);
      f.invalidateAll();
      assertThat(old.isCached(1)).isTrue();
    }
  }

  @Test
  @DisplayName("P2: a damaged result under the former name is computed anew")
  void aDamagedResultDoesNotCount() {
    try (Memo memo = Memo.open(path)) {
      named(memo, "old", "1").call(1);
    }
    damageAllEntries();
    try (Memo memo = Memo.open(path)) {
      assertThat(named(memo, "new", "1", "old").call(1)).isEqualTo("new 1");
    }
  }

  private void damageAllEntries() {
    Batch damage = new Batch();
    try (RocksStore store = RocksStore.open(path.resolve("data"), Durability.PROCESS_CRASH)) {
      store.scan(
          Family.ENTRIES,
          new byte[0],
          (key, value) -> {
            value[Stored.ENTRY_OFFSET + 40] ^= 0x55;
            damage.put(Family.ENTRIES, key, value);
            return true;
          });
      store.write(damage);
    }
    assertThat(damage.changes()).isNotEmpty();
  }

  @Test
  @DisplayName("P1: threads that ask at once compute nothing, and it is adopted once")
  void isAdoptedOnce() throws Exception {
    int threads = 8;
    int keys = 200;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> old = named(memo, "old", "1");
      for (int key = 0; key < keys; key++) {
        old.call(key);
      }
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        running.add(
            executor.submit(
                () -> {
                  for (int key = 0; key < keys; key++) {
                    assertThat(f.call(key)).isEqualTo("old " + key);
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
      assertThat(f.stats().computations()).isZero();
      assertThat(f.stats().misses()).isZero();
      assertThat(f.stats().hitsBySource()).containsEntry(HitSource.ALIAS, (long) keys);
    } finally {
      executor.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\nb"})
  void anAliasThatIsNoNameIsRefused(String alias) {
    try (Memo memo = Memo.open(path)) {
      assertThatThrownBy(() -> named(memo, "new", "1", alias))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"new\" has an alias that is no name");
    }
  }

  @Test
  void theOwnNameIsNoAlias() {
    String own = "dev.memo.AliasesTest$New#size(java.lang.String)";
    CachedFunction<String, Integer, RuntimeException> f = renamed().aliases(own).calls(New::size);
    try (Binding bound = Memo.bind("aliases.memo", path)) {
      assertThatThrownBy(() -> f.call("x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(own)
          .hasMessageContaining("itself as an alias");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a process that asks another one finds them, and what was invalidated there is not")
  void areFoundByOtherProcesses(ReadPath reads) {
    try (Memo memo = Memo.open(path)) {
      CachedFunction<Integer, String, RuntimeException> old = named(memo, "old", "1");
      old.call(1);
      old.call(2);
      named(memo, "new", "1", "old").invalidate(2);
      try (ChildJvm child = ChildJvm.of(Other.class, path, reads).start()) {
        assertThat(child.awaitLine("found")).isEqualTo("found old 1, new 2, hits 1");
        child.kill();
      }
      CachedFunction<Integer, String, RuntimeException> here = named(memo, "new", "1");
      assertThat(here.call(1)).as("adopted by who was killed").isEqualTo("old 1");
      assertThat(here.call(2)).isEqualTo("new 2");
      assertThat(here.stats().computations()).isZero();
    }
  }

  /** Another process. */
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) throws Exception {
      Memo memo = Memo.at(Path.of(arguments[0])).reads(ReadPath.valueOf(arguments[1])).open();
      CachedFunction<Integer, String, RuntimeException> f = named(memo, "new", "1", "old");
      String found = f.call(1) + ", " + f.call(2);
      System.out.println(
          "found " + found + ", hits " + f.stats().hitsBySource().get(HitSource.ALIAS));
      int unused = System.in.read(); // until it is killed
    }
  }
}
