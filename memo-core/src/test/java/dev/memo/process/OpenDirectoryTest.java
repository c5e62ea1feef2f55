package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryHeldException;
import dev.memo.failure.DirectoryUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenDirectoryTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1, 2, 3});

  private final Path folder;

  OpenDirectoryTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void keepsResultsOverCloseAndOpen() {
    long sequence;
    UUID id;
    try (OpenDirectory directory = open(folder.resolve("d"))) {
      id = directory.id();
      sequence = store(directory, KEY, "one");
    }
    try (OpenDirectory directory = open(folder.resolve("d"))) {
      assertThat(directory.id()).isEqualTo(id);
      Stored stored = requireNonNull(directory.primary().read(KEY, 1));
      assertThat(stored.sequence()).isEqualTo(sequence);
      assertThat(store(directory, CallKey.of(7, new byte[] {4}), "two")).isGreaterThan(sequence);
    }
  }

  @Test
  void makesMissingParentsAndAFolderForItsOwnerOnly() throws IOException {
    Path path = folder.resolve("a/b/c");
    try (OpenDirectory directory = open(path)) {
      assertThat(directory.path()).isEqualTo(path.toRealPath());
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    assertThat(path.resolve("FORMAT")).hasContent("memo directory, layout 1\n");
  }

  @Test
  void anEmptyFolderBecomesADirectory() throws IOException {
    Path path = Files.createDirectory(folder.resolve("empty"));
    try (OpenDirectory directory = open(path)) {
      assertThat(store(directory, KEY, "one")).isPositive();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
  }

  @Test
  void refusesASecondOpeningUnderWhateverName() throws IOException {
    Path path = folder.resolve("d");
    try (OpenDirectory directory = open(path)) {
      Path link = Files.createSymbolicLink(folder.resolve("link"), path);
      for (Path name : new Path[] {path, folder.resolve("./x/../d"), link}) {
        if (name.toString().contains("x")) {
          Files.createDirectories(folder.resolve("x"));
        }
        assertThatThrownBy(() -> open(name))
            .isInstanceOf(DirectoryHeldException.class)
            .hasMessageContaining(directory.path().toString())
            .hasMessageContaining("this program has it open already");
      }
    }
    open(path).close();
  }

  @Test
  void refusesUseAfterClose() {
    OpenDirectory directory = open(folder.resolve("d"));
    directory.close();
    directory.close();
    assertThatThrownBy(() -> directory.primary().read(KEY, 1))
        .isInstanceOf(DirectoryClosedException.class);
    assertThatThrownBy(() -> directory.primary().claim(KEY, 1, 0, Chain.root()))
        .isInstanceOf(DirectoryClosedException.class);
  }

  @Test
  @DisplayName("P4: a directory that is deleted underneath crashes nothing")
  void survivesItsDeletion() throws IOException {
    try (OpenDirectory directory = open(folder.resolve("d"))) {
      store(directory, KEY, "one");
      deleteAll(directory.path());
      assertThat(directory.primary().read(KEY, 1)).isNotNull();
      // enough to need new files, which cannot be made any more
      String large = "x".repeat(1 << 20);
      PutAnswer last = null;
      for (byte i = 0; i < 30; i++) {
        last = put(directory, CallKey.of(8, new byte[] {i}), large);
      }
      assertThat(last).isInstanceOf(PutAnswer.Refused.class);
      assertThatThrownBy(() -> directory.primary().invalidate(KEY))
          .isInstanceOf(DirectoryUnavailableException.class);
    }
    open(folder.resolve("d")).close();
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  @DisplayName("P2: an entry whose checksum fails is no hit")
  void damagedBytesInTheDatabaseAreComputedAgain() {
    try (OpenDirectory directory = open(folder.resolve("d"))) {
      store(directory, KEY, "one");
    }
    try (OpenDirectory directory =
        OpenDirectory.open(
            folder.resolve("d"),
            DirectorySettings.DEFAULT,
            stored -> false,
            LocalPrimary.Outdating.STARTED_BEFORE)) {
      assertThat(directory.primary().claim(KEY, 1, 0, Chain.root()))
          .isInstanceOf(Answer.Granted.class);
    }
  }

  static OpenDirectory open(Path path) {
    return open(path, DirectorySettings.DEFAULT);
  }

  /** The primary checks no checksums here: entries are bytes of the tests' own. */
  static OpenDirectory open(Path path, DirectorySettings settings) {
    return OpenDirectory.open(
        path, settings, stored -> true, LocalPrimary.Outdating.STARTED_BEFORE);
  }

  static long store(OpenDirectory directory, CallKey key, String value) {
    return ((PutAnswer.Kept) put(directory, key, value)).sequence();
  }

  private static PutAnswer put(OpenDirectory directory, CallKey key, String value) {
    Answer answer = directory.primary().claim(key, 1, 0, Chain.root());
    Answer.Granted granted = (Answer.Granted) answer;
    return directory.primary().put(key, 1, granted.claim(), value.getBytes(UTF_8), 0);
  }
}
