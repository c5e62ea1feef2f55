package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.store.ChildJvm;
import dev.memo.store.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory that cannot be written: its medium is read-only, or its permissions say so. */
@Tag("heavy")
@Timeout(180)
final class ReadOnlyMediumTest {
  private static final int KEYS = 100;

  private static final String MOUNT =
      "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";

  /** Takes from root what lets it do all. */
  private static final String[] UNPRIVILEGED = {
    "setpriv", "--bounding-set", "-dac_override,-dac_read_search", "true"
  };

  private final Path path;
  private final Path temporary;
  private List<String> values;

  ReadOnlyMediumTest(@TempDir Path folder) throws IOException {
    path = folder.resolve("d");
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  @BeforeEach
  void store() {
    List<String> unused = ReadOnlyOpenings.store(path, KEYS); // into a table, at the next opening
    values = ReadOnlyOpenings.store(path, KEYS);
  }

  @AfterEach
  void permit() throws IOException {
    setPermissions("rwx------", "rw-------"); // so that it can be deleted
  }

  private void setPermissions(String folders, String files) throws IOException {
    List<Path> all;
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    try (Stream<Path> walk = Files.walk(path)) {
      all = walk.toList();
    }
    for (Path file : all) {
      String permissions = Files.isDirectory(file) ? folders : files;
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
  }

  private ChildJvm.Builder reader() {
    return ChildJvm.of(Reader.class, path).option("-Djava.io.tmpdir=" + temporary);
  }

  /** Lets the child read all and compute more; nothing of it is left. */
  private void assertServes(ChildJvm.Builder reader) {
    Map<String, String> before = ReadOnlyOpenings.content(path);
    try (ChildJvm child = reader.start()) {
      List<String> lines = child.awaitEnd();
      assertThat(lines).contains("served " + values, "computed 1", "refused to write");
    }
    assertThat(ReadOnlyOpenings.content(path)).isEqualTo(before);
    assertThat(Openings.names(temporary)).isEmpty();
  }

  private static void assumeMounts() throws InterruptedException {
    assumeTrue(
        Commands.succeeds("unshare", "--mount", "--map-root-user", "true"),
        "no process may mount anything here");
  }

  private static void assumePermissionsBind() throws InterruptedException {
    assumeTrue(
        !System.getProperty("user.name").equals("root") || Commands.succeeds(UNPRIVILEGED),
        "root is bound by no permission without setpriv");
  }

  /** In a child that sees the directory on a read-only file system. */
  private ChildJvm.Builder mounted(ChildJvm.Builder child) {
    return child
        .prefix("unshare", "--mount", "--map-root-user")
        .prefix("sh", "-c", MOUNT + " && exec \"$@\"")
        .prefix(path.toString());
  }

  /** In a child that permissions bind, even where the tests run as root. */
  private static ChildJvm.Builder bound(ChildJvm.Builder child) {
    if (!System.getProperty("user.name").equals("root")) {
      return child;
    }
    return child.prefix(Arrays.copyOf(UNPRIVILEGED, UNPRIVILEGED.length - 1));
  }

  @Test
  void aReadOnlyMount() throws InterruptedException {
    assumeMounts();
    assertServes(mounted(reader()));
  }

  @Test
  void noPermissionToWrite() throws Exception {
    assumePermissionsBind();
    setPermissions("r-x------", "r--------");
    assertServes(bound(reader()));
  }

  @Test
  @DisplayName(
      "P6: on a read-only mount, beside a primary that writes the same directory elsewhere")
  void aReadOnlyMountBesideAPrimary() throws InterruptedException {
    assumeMounts();
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        Peer reader = Peer.openToRead(path, child -> mounted(child))) {
      assertFollows(primary, reader);
    }
  }

  @Test
  @DisplayName("P6: without permission to write, beside a primary that has it")
  void noPermissionBesideAPrimary() throws Exception {
    assumePermissionsBind();
    assumeTrue(System.getProperty("user.name").equals("root"), "only root is bound or not");
    setPermissions("r-x------", "r--------");
    try (Peer primary = Peer.open(path, Times.DEFAULT);
        Peer reader = Peer.openToRead(path, ReadOnlyMediumTest::bound)) {
      assertFollows(primary, reader);
    }
  }

  private void assertFollows(Peer primary, Peer reader) {
    for (int key = KEYS; key < 2 * KEYS; key++) {
      String stored = primary.get("call", "quick", key);
      assertThat(reader.get("peek", "quick", key)).isEqualTo(stored);
    }
    for (int key = 0; key < 5; key++) {
      assertThat(reader.get("call", "quick", key)).isEqualTo(values.get(key));
      primary.get("invalidate", "quick", key);
      assertThat(reader.get("peek", "quick", key)).isEqualTo("null");
      primary.get("put", "quick", key, "another");
      assertThat(reader.get("call", "quick", key)).isEqualTo("another");
    }
    primary.kill();
    assertThat(reader.get("peek", "quick", KEYS)).isNotEqualTo("null");
    assertThat(reader.get("computations")).isEqualTo("0");
  }

  @Test
  @DisplayName("twin: who wants to write is refused there")
  void whoWantsToWriteIsRefused() throws Exception {
    assumePermissionsBind();
    setPermissions("r-x------", "r--------");
    try (ChildJvm child = bound(ChildJvm.of(OwnerLockTest.Holder.class, path)).start()) {
      assertThat(child.awaitLine("refused")).contains("no permission to write", "readOnly()");
    }
  }

  /** Runs in the other process. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] arguments) {
      Path path = Path.of(arguments[0]);
      try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
        GatedFunctions here = GatedFunctions.of(directory);
        List<String> served =
            IntStream.range(0, KEYS).mapToObj(key -> here.call("quick", key)).toList();
        System.out.println("served " + served);
        String unused = here.call("quick", KEYS);
        System.out.println("computed " + here.stats().computations());
      }
      try {
        Files.createFile(path.resolve("intruder"));
        System.out.println("wrote");
      } catch (IOException e) {
        System.out.println("refused to write");
      }
    }
  }
}
