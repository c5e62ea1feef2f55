package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.failure.DirectoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the primary tells which processes live, whatever lies about in their folder. */
@Timeout(120)
final class MemberFolderTest {
  private final Path path;
  private final Layout layout;

  MemberFolderTest(@TempDir Path folder) {
    path = folder.resolve("d");
    layout = new Layout(path);
  }

  private Path stray() throws IOException {
    Files.createDirectories(layout.secondaries());
    return Files.createFile(layout.secondaries().resolve(".DS_Store"));
  }

  @Test
  void theFolderOfAnEndedProcessIsSweptAndThatOfALiveOneStays() throws IOException {
    Path ended = Files.createDirectories(layout.secondaries().resolve("ended"));
    Files.createFile(ended.resolve("lock"));
    try (MemberFolder live = MemberFolder.make(layout)) {
      assertThat(MemberFolder.sweep(layout)).containsExactly(live.name());
      assertThat(ended).doesNotExist();
      assertThat(live.isInPlace()).isTrue();
    }
    assertThat(MemberFolder.sweep(layout)).isEmpty();
  }

  @Test
  void aFileIsNoProcess() throws IOException {
    Path stray = stray();
    try (MemberFolder live = MemberFolder.make(layout)) {
      assertThat(MemberFolder.sweep(layout)).containsExactly(live.name());
    }
    assertThat(stray).exists();
  }

  @Test
  @DisplayName("a folder that cannot be swept counts as that of a process which lives")
  void whatIsInDoubtLives() throws IOException {
    Path inner = Files.createDirectories(layout.secondaries().resolve("unknown").resolve("inner"));
    Files.createFile(inner.resolve("file"));
    assertThat(MemberFolder.sweep(layout)).containsExactly("unknown");
  }

  @Test
  @DisplayName("P4: a folder that cannot be removed is not that of a live process after the close")
  void aFolderThatCannotBeRemoved() throws IOException {
    MemberFolder folder = MemberFolder.make(layout);
    Path inner = Files.createDirectory(folder.path().resolve("inner"));
    Path file = Files.createFile(inner.resolve("file"));
    assertThatThrownBy(folder::close).isInstanceOf(DirectoryException.class);
    Files.delete(file);
    Files.delete(inner);
    assertThat(MemberFolder.sweep(layout)).isEmpty();
    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void whatReadsOfAKilledProcessLeftIsSwept() throws IOException {
    Path view = layout.secondaries().resolve("killed").resolve("view-7");
    Files.createDirectories(view);
    Files.createFile(view.resolve("LOG"));
    Files.createFile(view.resolveSibling("lock")); // nobody holds it
    assertThat(MemberFolder.sweep(layout)).isEmpty();
    assertThat(layout.secondaries()).isEmptyDirectory();
  }

  @Test
  @DisplayName("P4, P5: a stray file beside the folders keeps nobody from leading, at once")
  void aStrayFileIsNoObstacle() throws IOException {
    Openings.open(path, Openings.SOON).close();
    stray();
    OpenDirectory first = Openings.open(path, Openings.SOON);
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      assertThat(Openings.role(first)).isEqualTo("leads");
      GatedFunctions here = GatedFunctions.of(first);
      String value = here.call("quick", 1);
      try (OpenDirectory second = Openings.open(path, Openings.SOON)) {
        here.invalidate("quick", 2);
        Openings.await("it is swept", () -> Openings.tombstones(first).count() == 0);
        first.close();
        Openings.awaitRole(second, "leads");
        assertThat(GatedFunctions.of(second).call("quick", 1)).isEqualTo(value);
        DirectoryState state = requireNonNull(second.state());
        assertThat(state.ownerEpoch()).as("no lead was given up").isEqualTo(3);
        assertThat(state.processes()).isEqualTo(1);
      }
      assertThat(log.warnings()).isEmpty();
    } finally {
      first.close();
    }
  }
}
