package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.failure.DirectoryException;
import dev.memo.failure.ForeignDirectoryException;
import dev.memo.failure.NewerLayoutException;
import dev.memo.failure.OlderLayoutException;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, in which words, and that nothing was changed then. */
@Tag("heavy")
final class AdmissionTest {
  private final Path folder;
  private final Path path;

  AdmissionTest(@TempDir Path folder) {
    this.folder = folder;
    this.path = folder.resolve("d");
  }

  @Test
  void threadsThatMakeADirectoryAtOnceAreAllAdmitted() throws Exception {
    int admitted = 4;
    ExecutorService threads = Executors.newFixedThreadPool(admitted);
    try {
      for (int round = 0; round < 500; round++) {
        Path fresh = folder.resolve("fresh" + round);
        CyclicBarrier start = new CyclicBarrier(admitted);
        List<Callable<Layout>> openings =
            Collections.nCopies(
                admitted,
                () -> {
                  start.await();
                  return Admission.admit(fresh, DirectorySettings.DEFAULT);
                });
        for (Future<Layout> opening : threads.invokeAll(openings)) {
          assertThat(opening.get().root()).isEqualTo(fresh.toRealPath());
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aFolderOfSomethingElseIsForeign() throws IOException {
    Files.createDirectory(path);
    Files.writeString(path.resolve("thesis.tex"), "years of work");
    assertRefused(ForeignDirectoryException.class, "it has no FORMAT but holds thesis.tex");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "something else", "memo directory, layout 1", "memo directory, layout x\n"})
  void aFormatOfSomethingElseIsForeign(String content) throws IOException {
    withFormat(content);
    assertRefused(ForeignDirectoryException.class, "FORMAT was written by something else");
  }

  @Test
  void aHugeFormatIsForeign() throws IOException {
    withFormat("memo directory, layout 1\n".repeat(1000));
    assertRefused(ForeignDirectoryException.class, "FORMAT was written by something else");
  }

  @Test
  void aNewerLayoutIsRefused() throws IOException {
    withFormat("memo directory, layout 2\n");
    assertRefused(NewerLayoutException.class, "has layout 2, this version of memo reads 1");
  }

  @Test
  void anOlderLayoutIsRefused() throws IOException {
    withFormat("memo directory, layout 0\n");
    assertRefused(OlderLayoutException.class, "has layout 0, this version of memo reads 1");
  }

  @Test
  void whoLostOrDamagedTheFormatIsToldWhatWasInIt() throws IOException {
    OpenDirectoryTest.open(path).close();
    Path format = path.resolve("FORMAT");
    String content = Files.readString(format);
    String remedy = "write the line \"" + content.strip() + "\" into it";
    Files.writeString(format, "no format");
    assertRefused(ForeignDirectoryException.class, remedy);
    Files.delete(format);
    assertRefused(ForeignDirectoryException.class, remedy);
    Files.writeString(format, content);
    OpenDirectoryTest.open(path).close();
  }

  @Test
  void aFileIsNoDirectory() throws IOException {
    Files.writeString(path, "content");
    assertRefused(DirectoryException.class, "is a file or a dangling link");
  }

  @Test
  void aDanglingLinkIsNoDirectory() throws IOException {
    Files.createSymbolicLink(path, folder.resolve("nowhere"));
    assertRefused(DirectoryException.class, "is a file or a dangling link");
  }

  @Test
  void aFileInPlaceOfAParentIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "content");
    assertThatThrownBy(() -> OpenDirectoryTest.open(file.resolve("d")))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void aKilledMakingIsContinued() throws IOException {
    Files.createDirectory(path);
    Files.writeString(path.resolve("FORMAT.new-x"), "memo dir");
    OpenDirectoryTest.open(path).close();
    assertThat(path.resolve("FORMAT")).hasContent("memo directory, layout 1\n");
  }

  @Test
  void aReadOnlyParentIsRefused() throws IOException {
    Path parent = Files.createDirectory(folder.resolve("parent"));
    Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("r-xr-xr-x"));
    try (ChildJvm child = unprivileged(OwnerLockTest.Holder.class, parent.resolve("d"))) {
      assertThat(child.awaitLine("refused"))
          .contains("DirectoryException")
          .contains("no permission for " + parent)
          .contains("choose another directory");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void aReadOnlyDirectoryIsRefused() throws IOException {
    OpenDirectoryTest.open(path).close();
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-x------"));
    Map<String, FileTime> before = content(path);
    try (ChildJvm child = unprivileged(OwnerLockTest.Holder.class, path)) {
      assertThat(child.awaitLine("refused")).contains("no permission to write in " + path);
    }
    assertThat(content(path)).isEqualTo(before);
  }

  /** What is no directory of memo, and what is said of it. */
  private enum Unreadable {
    MISSING("does not exist", "open it once without readOnly()") {
      @Override
      void make(Path path) {}
    },
    EMPTY("is empty", "open it once without readOnly()") {
      @Override
      void make(Path path) throws IOException {
        Files.createDirectory(path);
      }
    },
    A_FILE("is a file or a dangling link", "choose another path") {
      @Override
      void make(Path path) throws IOException {
        Files.writeString(path, "content");
      }
    },
    A_DANGLING_LINK("is a file or a dangling link", "choose another path") {
      @Override
      void make(Path path) throws IOException {
        Files.createSymbolicLink(path, path.resolveSibling("nowhere"));
      }
    },
    FOREIGN("has no FORMAT but holds thesis.tex", "choose an empty directory") {
      @Override
      void make(Path path) throws IOException {
        Files.createDirectory(path);
        Files.writeString(path.resolve("thesis.tex"), "years of work");
      }
    },
    UNFINISHED("is empty", "open it once without readOnly()") {
      @Override
      void make(Path path) throws IOException {
        Files.createDirectory(path);
        Files.writeString(path.resolve("FORMAT.new-x"), "memo dir");
      }
    },
    NEWER("has layout 2, this version of memo reads 1", "use the newer version") {
      @Override
      void make(Path path) throws IOException {
        Files.createDirectory(path);
        Files.writeString(path.resolve("FORMAT"), "memo directory, layout 2\n");
      }
    },
    OLDER("has layout 0, this version of memo reads 1", "use the older version") {
      @Override
      void make(Path path) throws IOException {
        Files.createDirectory(path);
        Files.writeString(path.resolve("FORMAT"), "memo directory, layout 0\n");
      }
    };

    final String problem;
    final String remedy;

    Unreadable(String problem, String remedy) {
      this.problem = problem;
      this.remedy = remedy;
    }

    abstract void make(Path path) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoDirectoryCannotBeOpenedToReadIt(Unreadable what) throws IOException {
    what.make(path);
    Map<String, FileTime> before = content(folder);
    assertThatThrownBy(() -> ReadOnlyOpenings.open(path))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(what.problem)
        .hasMessageContaining(what.remedy);
    assertThat(content(folder)).isEqualTo(before);
  }

  @Test
  void aDirectoryThatCannotBeReadIsRefused() throws IOException {
    OpenDirectoryTest.open(path).close();
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("-wx------"));
    try (ChildJvm child = unprivileged(TemporaryFoldersTest.Opener.class, path)) {
      assertThat(child.awaitLine("refused", "opened")).contains("no permission to read in " + path);
    }
  }

  @Test
  void aDirectoryToReadOnANetworkFileSystemIsRefusedUnlessTheUserInsists() throws IOException {
    OpenDirectoryTest.open(path).close();
    DirectorySettings settings = DirectorySettings.DEFAULT.onlyToRead();
    assertThatThrownBy(() -> Admission.admitToRead(path, settings, this::networkBelowFolder))
        .isExactlyInstanceOf(DirectoryException.class)
        .hasMessageContaining("network file system (nfs4)");
    Layout layout = Admission.admitToRead(path, settings.anywhere(), this::networkBelowFolder);
    assertThat(layout.root()).isEqualTo(path.toRealPath());
  }

  @Test
  @DisplayName("P8: to read the directory of another user is refused too")
  void toReadTheDirectoryOfAnotherUser() throws IOException {
    OpenDirectoryTest.open(path).close();
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    Files.setAttribute(path, "unix:uid", 65_534);
    assertThatThrownBy(() -> ReadOnlyOpenings.open(path))
        .isInstanceOf(DirectoryException.class)
        .hasMessageContaining("belongs to the user");
  }

  @Test
  @DisplayName("P8: the directory of another user is refused, to root too")
  void theDirectoryOfAnotherUser() throws IOException {
    OpenDirectoryTest.open(path).close();
    assumeTrue(System.getProperty("user.name").equals("root"), "only root can give files away");
    Files.setAttribute(path, "unix:uid", 65_534);
    Map<String, FileTime> before = content(path);
    assertRefused(DirectoryException.class, "belongs to the user");
    assertThat(content(path)).isEqualTo(before);
  }

  /** A child that permissions bind, even where the tests run as root. */
  private static ChildJvm unprivileged(Class<?> main, Path directory) {
    ChildJvm.Builder child = ChildJvm.of(main, directory);
    if (!System.getProperty("user.name").equals("root")) {
      return child.start();
    }
    Path setpriv = Path.of("/usr/bin/setpriv");
    assumeTrue(Files.isExecutable(setpriv), "root is bound by no permission without setpriv");
    return child
        .prefix(setpriv.toString(), "--bounding-set", "-dac_override,-dac_read_search")
        .start();
  }

  @ParameterizedTest
  @CsvSource({
    "ext4, false",
    "xfs, false",
    "btrfs, false",
    "tmpfs, false",
    "overlay, false",
    "apfs, false",
    "fuseblk, false",
    "zfs, false",
    "nfs, true",
    "nfs4, true",
    "cifs, true",
    "smb3, true",
    "smbfs, true",
    "9p, true",
    "ceph, true",
    "fuse.sshfs, true",
    "fuse.glusterfs, true",
    "lustre, true",
    "NFS, true"
  })
  void networkFileSystemsAreKnown(String type, boolean network) {
    assertThat(Admission.isNetwork(type)).isEqualTo(network);
  }

  /** The path lies in missing folders of one that exists. */
  @ParameterizedTest
  @ValueSource(strings = {"d", "missing/too/d"})
  void aNetworkFileSystemIsRefusedBeforeAnythingIsMade(String name) throws IOException {
    Path there = folder.resolve(name);
    Map<String, FileTime> before = content(folder);
    assertThatThrownBy(
            () -> Admission.admit(there, DirectorySettings.DEFAULT, this::networkBelowFolder))
        .isExactlyInstanceOf(DirectoryException.class)
        .hasMessageStartingWith(there + " is on a network file system (nfs4)")
        .hasMessageContaining("choose a local directory")
        .hasMessageContaining("allow network file systems if only one machine uses it");
    assertThat(content(folder)).isEqualTo(before);
  }

  @Test
  void aDirectoryOnANetworkFileSystemIsRefusedAndStaysAsItIs() throws IOException {
    OpenDirectoryTest.open(path).close();
    Map<String, FileTime> before = content(folder);
    assertThatThrownBy(
            () -> Admission.admit(path, DirectorySettings.DEFAULT, this::networkBelowFolder))
        .isExactlyInstanceOf(DirectoryException.class)
        .hasMessageContaining("network file system (nfs4)");
    assertThat(content(folder)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "missing/too/d"})
  void aNetworkFileSystemIsTakenIfTheUserInsists(String name) throws IOException {
    Path there = folder.resolve(name);
    DirectorySettings insisting = DirectorySettings.DEFAULT.anywhere();
    Layout layout = Admission.admit(there, insisting, this::networkBelowFolder);
    assertThat(layout.root()).isEqualTo(there.toRealPath());
    assertThat(layout.format()).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "missing/too/d"})
  @DisplayName("twin: the same paths on a local file system are taken")
  void twinOnALocalFileSystem(String name) throws IOException {
    Path there = folder.resolve(name);
    Layout layout = Admission.admit(there, DirectorySettings.DEFAULT, existing -> "ext4");
    assertThat(layout.root()).isEqualTo(there.toRealPath());
  }

  /** As if the folder of this test were mounted from elsewhere. */
  private String networkBelowFolder(Path existing) {
    assertThat(existing).exists();
    return existing.startsWith(folder) ? "nfs4" : "ext4";
  }

  private void withFormat(String content) throws IOException {
    Files.createDirectory(path);
    Files.writeString(path.resolve("FORMAT"), content);
    Files.createDirectory(path.resolve("data"));
  }

  private void assertRefused(Class<? extends DirectoryException> type, String message)
      throws IOException {
    Map<String, FileTime> before = content(folder);
    assertThatThrownBy(() -> OpenDirectoryTest.open(path))
        .isExactlyInstanceOf(type)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
    assertThat(content(folder)).isEqualTo(before);
  }

  /** All files with the times of their last change. */
  private static Map<String, FileTime> content(Path root) throws IOException {
    Map<String, FileTime> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : List.copyOf(files.toList())) {
        if (Files.exists(file)) {
          content.put(file.toString(), Files.getLastModifiedTime(file));
        }
      }
    }
    return content;
  }
}
