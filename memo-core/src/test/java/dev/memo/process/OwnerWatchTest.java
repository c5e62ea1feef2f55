package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.FullLog;
import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who only reads looks for an owner as long as it is open. */
@Timeout(60)
final class OwnerWatchTest {
  private final Path path;

  OwnerWatchTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  /** Local reads that find no memory the first times that they are to tidy up. */
  private static final class FullReads implements LocalReads {
    final AtomicInteger tidied = new AtomicInteger();
    final AtomicInteger followed = new AtomicInteger();

    @Override
    public @Nullable Stored read(CallKey key, int variant) {
      return null;
    }

    @Override
    public void follow(Source source) {
      followed.incrementAndGet();
    }

    @Override
    public void rest() {}

    @Override
    public void tidy() {
      if (tidied.getAndIncrement() == 0) {
        throw new OutOfMemoryError("of a test");
      }
    }

    @Override
    public void close() {}
  }

  @Test
  @DisplayName("P4: who only reads, finds no memory, nor any to say so, finds the next owner")
  void aWatchOutlivesAFullHeap() throws IOException {
    FullReads reads = new FullReads();
    Openings.open(path, Openings.SOON).close();
    Files.delete(path.resolve("owner"));
    try (FullLog log = FullLog.of("dev.memo.process");
        OpenDirectory watching =
            ReadOnlyOpenings.open(
                path, (generations, seesAgain) -> reads, ReadOnlyOpenings.IMPATIENT)) {
      Openings.await("it has no words for what is wrong", () -> log.refused() > 0);
      try (OpenDirectory owner = Openings.open(path, Openings.SOON)) {
        Openings.await("it is followed", () -> reads.followed.get() > 0);
        assertThat(watching.id()).isEqualTo(owner.id());
      }
      assertThat(reads.tidied.get()).isGreaterThan(1);
    }
  }
}
