package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ballast where there is space; {@code FullDiskTest} is about a disk that has none. */
final class BallastTest {
  private static final long BYTES = (1 << 20) + 1;

  private final Path file;
  private final Ballast ballast;

  BallastTest(@TempDir Path folder) {
    file = folder.resolve("ballast");
    ballast = new Ballast(file, BYTES);
  }

  @Test
  void takesUpItsSpace() {
    ballast.make();
    assertThat(file).hasSize(BYTES);
  }

  @Test
  void isNotMadeWhereItWouldFillTheDisk() {
    new Ballast(file, Long.MAX_VALUE / 2).make();
    assertThat(file).doesNotExist();
  }

  @Test
  void isKeptWhereThereIsSpace() throws IOException {
    ballast.make();
    ballast.makeRoom();
    assertThat(file).hasSize(BYTES);
  }

  @Test
  void isGivenUpWhereThereIsNone() throws IOException {
    ballast.make();
    new Ballast(file, Long.MAX_VALUE / 2).makeRoom();
    assertThat(file).isEmptyFile();
  }

  @Test
  void isMadeWholeAgain() throws IOException {
    Files.write(file, new byte[1000]);
    ballast.make();
    assertThat(file).hasSize(BYTES);
  }
}
