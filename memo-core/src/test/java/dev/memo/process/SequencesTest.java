package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SequencesTest {
  private final FaultyStore store = new FaultyStore(new HeapStore());
  private final Meta meta = new Meta(store);
  private final ControlPage page;

  SequencesTest(@TempDir Path folder) {
    page = ControlPage.openAsOwner(folder.resolve("control"), 0);
  }

  @Test
  void aNewOwnerStartsAboveWhatTheLastMayHaveAssigned() {
    Sequences first = new Sequences(meta, page);
    assertThat(first.next()).isEqualTo(1);
    Sequences second = new Sequences(meta, page);
    assertThat(second.last()).isEqualTo(Sequences.BLOCK);
    assertThat(second.next()).isEqualTo(Sequences.BLOCK + 1);
  }

  @Test
  void aNewDatabaseStartsAboveWhatThePageShows() {
    page.publish(1_000_000);
    assertThat(new Sequences(meta, page).next()).isEqualTo(1_000_001);
  }

  @Test
  void oneRowIsWrittenPerBlock() {
    Sequences sequences = new Sequences(meta, page);
    sequences.next();
    store.failAllWrites(Reason.NO_SPACE);
    for (long i = 1; i < Sequences.BLOCK; i++) {
      sequences.next();
    }
    // nothing beyond the block is assigned, or a new owner could assign it again
    assertThatThrownBy(sequences::next).isInstanceOf(StoreException.class);
    assertThat(sequences.last()).isEqualTo(Sequences.BLOCK);
    assertThat(page.lastSequence()).isEqualTo(Sequences.BLOCK);
    store.failAllWrites(null);
    assertThat(sequences.next()).isEqualTo(Sequences.BLOCK + 1);
  }
}
