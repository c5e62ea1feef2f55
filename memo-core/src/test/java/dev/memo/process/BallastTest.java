package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BallastTest {
  private static final long BYTES = 1 << 20;

  private final Path file;
  private final AtomicLong nanos = new AtomicLong();
  private final Ballast ballast;
  private final FaultyStore faulty = new FaultyStore(new HeapStore());
  private final BallastedStore store;

  BallastTest(@TempDir Path folder) {
    file = folder.resolve("ballast");
    ballast = new Ballast(file, BYTES, nanos::get);
    store = new BallastedStore(faulty, ballast);
  }

  @Test
  void takesUpItsSpace() {
    ballast.make();
    assertThat(file).hasSize(BYTES);
  }

  @Test
  void isNotMadeWhereItWouldFillTheDisk() {
    new Ballast(file, Long.MAX_VALUE / 2, nanos::get).make();
    assertThat(file).doesNotExist();
  }

  @Test
  void isGivenUpWhenTheDiskIsFullAndMadeAgainLater() {
    ballast.make();
    faulty.failAllWrites(Reason.NO_SPACE);
    assertThatThrownBy(this::write).isInstanceOf(StoreException.class);
    assertThat(file).doesNotExist();

    faulty.failAllWrites(null);
    write();
    assertThat(file).as("the space is left to the database for a while").doesNotExist();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    write();
    assertThat(file).hasSize(BYTES);
  }

  @Test
  void isKeptOverOtherFailures() {
    ballast.make();
    faulty.failAllWrites(Reason.CORRUPT);
    assertThatThrownBy(this::write).isInstanceOf(StoreException.class);
    assertThat(file).exists();
  }

  private void write() {
    store.write(new Batch().put(Family.ENTRIES, new byte[1], new byte[1]));
  }
}
