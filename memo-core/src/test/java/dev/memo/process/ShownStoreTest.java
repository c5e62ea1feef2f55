package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.Batch;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.FaultyStore;
import dev.memo.store.RocksStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that an owner writes is shown on its page, when it is written and no sooner. */
final class ShownStoreTest {
  private static final CallKey KEY = CallKey.of(7, "args".getBytes(UTF_8));

  private final Path folder;
  private final ControlPage page;
  private final FaultyStore store;

  ShownStoreTest(@TempDir Path folder) {
    this.folder = folder;
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    store = new FaultyStore(RocksStore.open(folder.resolve("data"), Durability.PROCESS_CRASH));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Batch change() {
    return new Batch().put(Family.META, new byte[] {1}, new byte[9]);
  }

  @Test
  void changesAreShownWhenTheyAreWritten() {
    store.write(change());
    assertThat(page.lastChange()).isZero();
    ShownStore shown = new ShownStore(store, page);
    assertThat(page.lastChange()).as("those of before too").isEqualTo(1);
    store.afterWrites(
        () -> {
          assertThat(page.lastChange()).as("not yet").isEqualTo(1);
          return true;
        });
    shown.write(change());
    assertThat(page.lastChange()).isEqualTo(2);
  }

  @Test
  void whatTheDatabaseRefusesIsNotShown() {
    ShownStore shown = new ShownStore(store, page);
    store.failWrite(1, Reason.NO_SPACE);
    assertThatThrownBy(() -> shown.write(change())).isInstanceOf(StoreException.class);
    assertThat(page.lastChange()).isZero();
  }

  @Test
  void whateverAPrimaryWritesIsShown() {
    LocalPrimary primary =
        new LocalPrimary(
            folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.register(7, "function\n1");
    assertShown("a registration");
    byte[] entry = "value".getBytes(UTF_8);
    primary.put(KEY, 1, new Claim(0, page.lastSequence()), entry, 0);
    assertShown("a result");
    primary.replace(KEY, 1, entry, page.lastSequence());
    assertShown("a replacement");
    primary.invalidate(KEY);
    assertShown("an invalidation");
    primary.invalidateAll(7);
    assertShown("one of all");
    primary.invalidate(KEY);
    assertShown("one in the next generation");
    primary.counters().count(DirectoryState.TAKEOVERS);
    primary.counters().write();
    assertShown("counters");
    assertThat(primary.tombstones().sweep(Long.MAX_VALUE)).isPositive();
    assertShown("a sweep");
    primary.close();
    assertShown("the end");
  }

  private void assertShown(String what) {
    assertThat(page.lastChange()).as(what).isEqualTo(store.changeCount());
  }
}
