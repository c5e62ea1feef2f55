package dev.memo.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.DirectoryClosedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every store promises. */
final class StoreContractTest {

  enum Kind {
    HEAP,
    FAULTY,
    ROCKS;

    Store open(Path folder) {
      return switch (this) {
        case HEAP -> new HeapStore();
        case FAULTY -> new FaultyStore(new HeapStore());
        case ROCKS -> RocksStore.open(folder, Durability.PROCESS_CRASH);
      };
    }
  }

  private final Path folder;
  private @Nullable Store opened;

  StoreContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Store open(Kind kind) {
    Store store = kind.open(folder);
    opened = store;
    return store;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void returnsWhatWasWrittenAndNullForTheRest(Kind kind) {
    Store store = open(kind);
    store.write(new Batch().put(Family.ENTRIES, bytes("a"), bytes("1")));
    assertThat(store.get(Family.ENTRIES, bytes("a"))).isEqualTo(bytes("1"));
    assertThat(store.get(Family.ENTRIES, bytes("b"))).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void keepsFamiliesApart(Kind kind) {
    Store store = open(kind);
    for (Family family : Family.values()) {
      store.write(new Batch().put(family, bytes("k"), bytes(family.name())));
    }
    for (Family family : Family.values()) {
      assertThat(store.get(family, bytes("k"))).isEqualTo(bytes(family.name()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void returnsManyInTheOrderAsked(Kind kind) {
    Store store = open(kind);
    store.write(
        new Batch()
            .put(Family.MAPS, bytes("a"), bytes("1"))
            .put(Family.MAPS, bytes("b"), bytes("2")));
    assertThat(store.multiGet(Family.MAPS, List.of(bytes("b"), bytes("x"), bytes("a"))))
        .containsExactly(bytes("2"), null, bytes("1"));
    assertThat(store.multiGet(Family.MAPS, List.of())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void makesAllChangesOfABatchInTheirOrder(Kind kind) {
    Store store = open(kind);
    store.write(new Batch().put(Family.ENTRIES, bytes("old"), bytes("1")));
    store.write(
        new Batch()
            .delete(Family.ENTRIES, bytes("old"))
            .put(Family.META, bytes("m"), bytes("2"))
            .put(Family.ENTRIES, bytes("new"), bytes("3"))
            .put(Family.ENTRIES, bytes("new"), bytes("4")));
    assertThat(store.get(Family.ENTRIES, bytes("old"))).isNull();
    assertThat(store.get(Family.META, bytes("m"))).isEqualTo(bytes("2"));
    assertThat(store.get(Family.ENTRIES, bytes("new"))).isEqualTo(bytes("4"));
  }

  @ParameterizedTest
  @EnumSource
  void countsChanges(Kind kind) {
    Store store = open(kind);
    long before = store.changeCount();
    store.write(new Batch().put(Family.ENTRIES, bytes("a"), bytes("1")));
    assertThat(store.changeCount()).isEqualTo(before + 1);
    store.write(
        new Batch()
            .put(Family.META, bytes("a"), bytes("2"))
            .put(Family.ENTRIES, bytes("a"), bytes("3"))
            .delete(Family.ENTRIES, bytes("none")));
    assertThat(store.changeCount()).isEqualTo(before + 4);
  }

  @ParameterizedTest
  @EnumSource
  void deletesOneRow(Kind kind) {
    Store store = open(kind);
    store.write(new Batch().put(Family.ENTRIES, bytes("a"), bytes("1")));
    store.write(new Batch().delete(Family.ENTRIES, bytes("a")));
    assertThat(store.get(Family.ENTRIES, bytes("a"))).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void deletesAllRowsOfAPrefix(Kind kind) {
    Store store = open(kind);
    byte[][] keys = {{1, -1}, {1, -1, 0}, {1, -1, -1, 7}, {2}, {1}, {1, -2, 9}};
    for (byte[] key : keys) {
      store.write(new Batch().put(Family.ENTRIES, key, key).put(Family.META, key, key));
    }
    store.write(new Batch().deletePrefix(Family.ENTRIES, new byte[] {1, -1}));
    assertThat(scan(store, new byte[0])).containsExactly(keys[4], keys[5], keys[3]);
    assertThat(store.get(Family.META, keys[0])).isEqualTo(keys[0]);
    byte[] again = {1, -2, 3};
    store.write(
        new Batch()
            .deletePrefix(Family.ENTRIES, new byte[] {1, -2})
            .put(Family.ENTRIES, again, again));
    assertThat(scan(store, new byte[0])).containsExactly(keys[4], again, keys[3]);
    assertThatThrownBy(() -> new Batch().deletePrefix(Family.ENTRIES, new byte[] {-1, -1}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource
  void scansAPrefixInUnsignedOrder(Kind kind) {
    Store store = open(kind);
    byte[][] keys = {{1, -1}, {1, -1, 0}, {1, -1, 127}, {1, -1, -128}, {2}, {1}, {1, 5}};
    for (byte[] key : keys) {
      store.write(new Batch().put(Family.ENTRIES, key, key));
    }
    assertThat(scan(store, new byte[] {1, -1})).containsExactly(keys[0], keys[1], keys[2], keys[3]);
    assertThat(scan(store, new byte[0])).hasSize(keys.length);
    assertThat(scan(store, new byte[] {3})).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void scansAPrefixAfterWhichNoKeyCanCome(Kind kind) {
    Store store = open(kind);
    byte[] key = {-1, -1, 3};
    store.write(new Batch().put(Family.ENTRIES, key, key).put(Family.ENTRIES, bytes("a"), key));
    assertThat(scan(store, new byte[] {-1, -1})).containsExactly(key);
  }

  @ParameterizedTest
  @EnumSource
  void endsAScanWhenTheVisitorHasEnough(Kind kind) {
    Store store = open(kind);
    store.write(
        new Batch()
            .put(Family.ENTRIES, bytes("a"), bytes("1"))
            .put(Family.ENTRIES, bytes("b"), bytes("2")));
    List<byte[]> seen = new ArrayList<>();
    store.scan(
        Family.ENTRIES,
        new byte[0],
        (key, value) -> {
          seen.add(value);
          return false;
        });
    assertThat(seen).containsExactly(bytes("1"));
  }

  @ParameterizedTest
  @EnumSource
  void refusesEverythingAfterClose(Kind kind) {
    Store store = open(kind);
    store.close();
    store.close();
    byte[] key = bytes("a");
    List<Runnable> uses =
        List.of(
            () -> store.get(Family.ENTRIES, key),
            () -> store.multiGet(Family.ENTRIES, List.of(key)),
            () -> store.write(new Batch().put(Family.ENTRIES, key, key)),
            () -> scan(store, key),
            store::changeCount);
    for (Runnable use : uses) {
      assertThatThrownBy(use::run)
          .isInstanceOf(DirectoryClosedException.class)
          .hasMessageContaining("was closed before this use");
    }
  }

  private static List<byte[]> scan(Store store, byte[] prefix) {
    List<byte[]> keys = new ArrayList<>();
    store.scan(
        Family.ENTRIES,
        prefix,
        (key, value) -> {
          keys.add(key);
          return true;
        });
    return keys;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
