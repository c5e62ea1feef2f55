package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.failure.DirectoryException;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What processes that only read keep among the temporary files, and who removes it. */
@Timeout(120)
@Tag("heavy")
final class TemporaryFoldersTest {
  private static final String NAME = "memo-reads-123-456-0123456789abcdef";

  private final Path folder;
  private final Path temporary;

  TemporaryFoldersTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  private Path left(String name) throws IOException {
    Path left = Files.createDirectory(temporary.resolve(name));
    Files.createFile(left.resolve("lock"));
    Files.createFile(Files.createDirectory(left.resolve("view-1")).resolve("LOG"));
    return left;
  }

  @Test
  @DisplayName("P8: only its owner can use it")
  void belongsToItsOwner() throws IOException {
    try (MemberFolder made = TemporaryFolders.make(temporary)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.path())))
          .isEqualTo("rwx------");
      assertThat(made.path().getParent()).isEqualTo(temporary);
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatEndedProcessesLeftIsSweptAndWhatLiveOnesHaveIsNot() throws IOException {
    Path left = left(NAME);
    try (MemberFolder first = TemporaryFolders.make(temporary)) {
      assertThat(left).doesNotExist();
      try (MemberFolder second = TemporaryFolders.make(temporary)) {
        assertThat(first.isInPlace()).isTrue();
        assertThat(second.isInPlace()).isTrue();
      }
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  @DisplayName("P8: nothing is swept that has another name, whatever is in it")
  void whatIsNotOursStays() throws IOException {
    List<Path> others =
        List.of(
            left("memo-reads-backup"),
            left("memo-reads-123-456-0123456789abcdef0"),
            left("memo-reads-123-456-0123456789ABCDEF"),
            left("other-" + NAME));
    Path file = Files.createFile(temporary.resolve(NAME));
    Path elsewhere = Files.createFile(Files.createDirectory(folder.resolve("x")).resolve("y"));
    Path link =
        Files.createSymbolicLink(
            temporary.resolve("memo-reads-1-2-0123456789abcdef"), elsewhere.getParent());
    TemporaryFolders.make(temporary).close();
    assertThat(others).allSatisfy(other -> assertThat(other.resolve("lock")).exists());
    assertThat(file).exists();
    assertThat(link).exists();
    assertThat(elsewhere).exists();
  }

  @Test
  @DisplayName("P8: what another user has is left alone, even by root")
  void whatAnotherUserHasStays() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    Path left = left(NAME);
    Files.setAttribute(left, "unix:uid", 65_534);
    TemporaryFolders.make(temporary).close();
    assertThat(left.resolve("lock")).exists();
  }

  @Test
  void theFolderOfAKilledProcessIsSweptByTheNext() throws IOException {
    Path path = folder.resolve("d");
    ReadOnlyOpenings.store(path, 1);
    try (Peer reader =
        Peer.openToRead(path, child -> child.option("-Djava.io.tmpdir=" + temporary))) {
      assertThat(reader.get("peek", "quick", 0)).isNotEqualTo("null");
      assertThat(Openings.names(temporary)).hasSize(1);
      TemporaryFolders.make(temporary).close();
      assertThat(Openings.names(temporary)).as("while it lives").hasSize(1);
      reader.kill();
    }
    TemporaryFolders.make(temporary).close();
    assertThat(Openings.names(temporary)).isEmpty();
  }

  @Test
  @DisplayName("P4: a folder that somebody cleans up is made again, and reading goes on")
  void aFolderThatIsCleanedUp() {
    Path path = folder.resolve("cleaned");
    List<String> values = ReadOnlyOpenings.store(path, 2);
    List<String> others = ReadOnlyOpenings.temporaryFolders();
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 0)).isEqualTo(values.get(0));
      List<String> own = new ArrayList<>(ReadOnlyOpenings.temporaryFolders());
      own.removeAll(others);
      Deletion.of(Path.of(System.getProperty("java.io.tmpdir")).resolve(own.get(0)));
      try (OpenDirectory owner = Openings.open(path, Times.DEFAULT)) {
        String now = GatedFunctions.of(owner).refresh("quick", 1);
        Openings.await("it is read", () -> now.equals(here.peek("quick", 1)));
      }
    }
    assertThat(ReadOnlyOpenings.temporaryFolders()).isEqualTo(others);
  }

  @Test
  @DisplayName("P4: whoever begins while others sweep keeps its folder")
  void foldersOfProcessesThatBeginAreNotSwept() throws Exception {
    List<ChildJvm> children = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        children.add(ChildJvm.of(Maker.class, folder).start());
      }
      for (ChildJvm child : children) {
        assertThat(child.awaitLine("lost")).isEqualTo("lost 0");
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
  }

  /** Makes folders, and looks whether they are there. */
  static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) throws IOException {
      int lost = 0;
      for (int i = 0; i < 500; i++) {
        try (MemberFolder made = TemporaryFolders.make(Path.of(arguments[0]))) {
          lost += made.isInPlace() ? 0 : 1;
        }
      }
      System.out.println("lost " + lost);
    }
  }

  @Test
  void withoutATemporaryFolderTheDirectoryIsRefused() {
    Path path = folder.resolve("d");
    ReadOnlyOpenings.store(path, 1);
    try (ChildJvm child =
        ChildJvm.of(Opener.class, path)
            .option("-Djava.io.tmpdir=" + folder.resolve("no"))
            .start()) {
      assertThat(child.awaitLine("refused", "opened"))
          .startsWith("refused")
          .contains(path.toString(), folder.resolve("no").toString(), "-Djava.io.tmpdir=<folder>");
    }
    assertThatThrownBy(() -> TemporaryFolders.make(folder.resolve("no").resolve("no")))
        .isInstanceOf(IOException.class);
  }

  /** Opens a directory to read it. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      try (OpenDirectory directory = ReadOnlyOpenings.open(Path.of(arguments[0]))) {
        System.out.println("opened " + directory.path());
      } catch (DirectoryException e) {
        System.out.println("refused " + e);
      }
    }
  }
}
