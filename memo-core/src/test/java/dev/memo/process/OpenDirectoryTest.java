package dev.memo.process;

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
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
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

  static OpenDirectory open(Path path) {
    return open(path, DirectorySettings.DEFAULT);
  }

  /** The primary checks no checksums here: entries are bytes of the tests' own. */
  static OpenDirectory open(Path path, DirectorySettings settings) {
    return OpenDirectory.open(
        path, settings, stored -> true, LocalPrimary.Outdating.STARTED_BEFORE);
  }

  static long store(OpenDirectory directory, CallKey key, String value) {
    Answer answer = directory.primary().claim(key, 1, 0, Chain.root());
    Answer.Granted granted = (Answer.Granted) answer;
    PutAnswer put =
        directory.primary().put(key, 1, granted.claim(), value.getBytes(StandardCharsets.UTF_8), 0);
    return ((PutAnswer.Kept) put).sequence();
  }
}
