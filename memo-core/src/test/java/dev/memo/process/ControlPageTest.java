package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Epochs;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlPageTest {
  private final Path file;

  ControlPageTest(@TempDir Path folder) {
    file = folder.resolve("control");
  }

  @Test
  void eachOwnerRaisesTheEpochsAndKeepsTheRest() {
    ControlPage first = ControlPage.openAsOwner(file, 0);
    first.beginChange(5);
    first.endChange(5);
    first.publish(42);
    ControlPage second = ControlPage.openAsOwner(file, 0);
    assertThat(second.ownerEpoch()).isEqualTo(first.ownerEpoch()).isEqualTo(2);
    assertThat(second.stripe(5)).isEqualTo(2);
    assertThat(second.stripe(4)).isZero();
    assertThat(second.lastSequence()).isEqualTo(42);
    long before = second.directory();
    assertThat(ControlPage.openAsOwner(file, 0).directory()).isEqualTo(before + 1);
  }

  @Test
  void whatOneMappingWritesAnotherSees() {
    ControlPage writer = ControlPage.openAsOwner(file, 0);
    Epochs reader = ControlPage.openAsOwner(file, 0);
    long directory = reader.directory();
    writer.beginChange(Epochs.STRIPES - 1);
    writer.raiseDirectory();
    writer.publish(7);
    assertThat(reader.stripe(Epochs.STRIPES - 1)).isEqualTo(1);
    assertThat(reader.directory()).isEqualTo(directory + 1);
    assertThat(reader.lastSequence()).isEqualTo(7);
  }

  @Test
  void aNewOwnerEndsTheChangesOfOneThatWasKilled() {
    ControlPage killed = ControlPage.openAsOwner(file, 0);
    killed.beginChange(5);
    assertThat(Epochs.isChanging(killed.stripe(5))).isTrue();
    ControlPage next = ControlPage.openAsOwner(file, 0);
    assertThat(Epochs.isChanging(next.stripe(5))).isFalse();
    assertThat(next.stripe(5)).isEqualTo(2);
  }

  @Test
  void aSmallerSequenceChangesNothing() {
    ControlPage page = ControlPage.openAsOwner(file, 0);
    page.publish(9);
    page.publish(8);
    assertThat(page.lastSequence()).isEqualTo(9);
  }

  @Test
  void changesAreCountedUntilADatabaseBegins() {
    ControlPage page = ControlPage.openAsOwner(file, 0);
    page.showRemoval(7);
    page.showChange(9);
    page.showChange(8);
    ControlPage next = ControlPage.openAsOwner(file, 0);
    assertThat(next.lastChange()).isEqualTo(9);
    assertThat(next.lastRemoval()).isEqualTo(7);
    next.startChangesAt(8);
    assertThat(next.lastChange()).isEqualTo(8);
    assertThat(next.lastRemoval()).isEqualTo(7);
    next.startChangesAt(0);
    assertThat(next.lastChange()).isZero();
    assertThat(next.lastRemoval()).isZero();
  }

  @Test
  @DisplayName("P3: no damaged bit of the page costs a database its results")
  void aDamagedCountOfChangesIsNotBelieved() throws IOException {
    for (int at : new int[] {ControlPage.LAST_CHANGE_AT, ControlPage.LAST_REMOVAL_AT}) {
      for (int bit = 0; bit < Long.SIZE; bit++) {
        Files.deleteIfExists(file);
        ControlPage.openAsOwner(file, 0).showRemoval(123_456);
        byte[] bytes = Files.readAllBytes(file);
        bytes[at + bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        Files.write(file, bytes);
        ControlPage page = ControlPage.openAsOwner(file, 0);
        assertThat(List.of(page.lastChange(), page.lastRemoval()))
            .as("bit " + bit + " at " + at)
            .containsExactlyInAnyOrder(0L, 123_456L);
      }
    }
  }

  @Test
  void anOwnerEpochPublishedElsewhereIsExceeded() {
    assertThat(ControlPage.openAsOwner(file, 41).ownerEpoch()).isEqualTo(42);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, ControlPage.BYTES - 1, ControlPage.BYTES + 1, 1 << 20})
  @DisplayName("P8: a page of another size is rebuilt, with a directory epoch nobody has seen")
  void aPageOfAnotherSizeIsRebuilt(int size) throws IOException {
    ControlPage before = ControlPage.openAsOwner(file, 0);
    long epoch = before.directory();
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(0);
      access.setLength(size);
    }
    ControlPage after = ControlPage.openAsOwner(file, 3);
    assertThat(after.directory()).isGreaterThan(epoch);
    assertThat(after.ownerEpoch()).isEqualTo(4);
    assertThat(Files.size(file)).isEqualTo(ControlPage.BYTES);
  }

  @Test
  @DisplayName("P8: any bytes in the page are survived")
  void anyBytesAreSurvived() throws IOException {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      ControlPage.openAsOwner(file, 0);
      byte[] bytes = Files.readAllBytes(file);
      for (int at : new int[] {0, 8, 128, 256, 384, 512, 520, 4096}) {
        if (random.nextBoolean()) {
          ByteBuffer.wrap(bytes).putLong(at, random.nextLong());
        }
      }
      Files.write(file, bytes);
      ControlPage page = ControlPage.openAsOwner(file, 0);
      assertThat(page.ownerEpoch()).as("seed " + seed).isPositive();
      assertThat(page.lastSequence()).as("seed " + seed).isBetween(0L, 1L << 60);
      assertThat(page.lastChange()).as("seed " + seed).isBetween(0L, 1L << 48);
      page.publish(page.lastSequence() + 1);
      page.beginChange(0);
    }
  }

  @Test
  @DisplayName("a page that is mapped is told from another one of the same name")
  void knowsWhetherTheFileShowsIt() throws IOException {
    ControlPage page = ControlPage.openAsOwner(file, 0);
    ControlPage reader = ControlPage.openToRead(file);
    assertThat(reader.isShownBy(file)).isTrue();
    page.raiseDirectory();
    assertThat(reader.isShownBy(file)).isTrue();
    ControlPage.openAsOwner(file, 0);
    assertThat(reader.isShownBy(file)).as("it is the same file").isTrue();
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    assertThatThrownBy(() -> reader.isShownBy(file)).isInstanceOf(NoSuchFileException.class);
    Files.write(file, bytes);
    assertThat(reader.isShownBy(file)).as("a copy tells the same").isTrue();
    ControlPage.openAsOwner(file, 0);
    assertThat(reader.isShownBy(file)).as("and has its own owners").isFalse();
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(reader.isShownBy(file)).isFalse();
  }
}
