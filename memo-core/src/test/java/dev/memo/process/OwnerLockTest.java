package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryException;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("heavy")
final class OwnerLockTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});

  private final Path path;

  OwnerLockTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  void aSecondProcessFollowsTheFirstAndBothReadWhatTheOtherStored() {
    try (Peer first = Peer.open(path, Times.DEFAULT);
        OpenDirectory second = OpenDirectoryTest.open(path)) {
      assertThat(first.get("role")).isEqualTo("leads");
      assertThat(Openings.role(second)).isEqualTo("follows");
      GatedFunctions here = GatedFunctions.of(second);
      assertThat(here.peek("quick", 1)).isNull();
      String theirs = first.get("call", "quick", 1);
      assertThat(here.call("quick", 1)).isEqualTo(theirs);
      assertThat(first.get("call", "quick", 2)).isNotEqualTo(theirs);
      String ours = here.call("quick", 3);
      assertThat(first.get("call", "quick", 3)).isEqualTo(ours);
    }
  }

  @Test
  void ofProcessesThatMakeADirectoryAtOnceOneLeads() {
    for (int round = 0; round < 3; round++) {
      Path fresh = path.resolveSibling("fresh" + round);
      try (Peer one = Peer.start(fresh, Times.DEFAULT);
          Peer two = Peer.start(fresh, Times.DEFAULT)) {
        assertThat(List.of(one.get("role"), two.get("role")))
            .containsExactlyInAnyOrder("leads", "follows");
        assertThat(one.get("call", "quick", round)).isEqualTo(two.get("call", "quick", round));
      }
    }
  }

  @Test
  @DisplayName("P4: when the primary is killed, another process leads at once, in a higher epoch")
  void aKilledPrimaryIsFollowedByAnother() throws IOException {
    try (Peer first = Peer.open(path, Times.DEFAULT);
        OpenDirectory second = OpenDirectoryTest.open(path)) {
      String stored = first.get("call", "quick", 1);
      long before = epoch();
      first.kill();
      // the call waits for the takeover, which no other process has to permit
      GatedFunctions here = GatedFunctions.of(second);
      assertThat(here.call("quick", 1)).isEqualTo(stored);
      assertThat(here.stats().computations()).isZero();
      assertThat(Openings.role(second)).isEqualTo("leads");
      assertThat(epoch()).isEqualTo(before + 1);
    }
  }

  @Test
  @DisplayName("P4: when the primary leaves, another process leads at once, in a higher epoch")
  void aPrimaryThatLeavesIsFollowedByAnother() throws IOException {
    try (Peer first = Peer.open(path, Times.DEFAULT);
        OpenDirectory second = OpenDirectoryTest.open(path)) {
      String stored = first.get("call", "quick", 1);
      long before = epoch();
      first.leave();
      GatedFunctions here = GatedFunctions.of(second);
      assertThat(here.call("quick", 1)).isEqualTo(stored);
      assertThat(here.stats().computations()).isZero();
      assertThat(Openings.role(second)).isEqualTo("leads");
      assertThat(epoch()).isEqualTo(before + 1);
    }
  }

  @Test
  @DisplayName("P4: a killed primary's directory can be opened at once, under a higher epoch")
  void aKilledPrimaryLeavesTheDirectoryFree() throws IOException {
    try (Peer holder = Peer.open(path, Times.DEFAULT)) {
      holder.kill();
    }
    long before = epoch();
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      assertThat(OpenDirectoryTest.store(directory, KEY, "one")).isPositive();
      assertThat(epoch()).isEqualTo(before + 1);
    }
  }

  private long epoch() throws IOException {
    Owner owner = Owner.read(path.resolve("owner"));
    return owner == null ? -1 : owner.epoch();
  }

  @Test
  void aSecondClassLoaderFollowsAndDoesNotFreeTheLock() throws Exception {
    try (OpenDirectory directory = OpenDirectoryTest.open(path);
        URLClassLoader other = otherLoader()) {
      long sequence = OpenDirectoryTest.store(directory, KEY, "one");
      Class<?> foreign = other.loadClass(ForeignLoader.class.getName());
      assertThat(foreign).isNotSameAs(ForeignLoader.class);
      for (int round = 0; round < 2; round++) {
        String seen =
            (String) foreign.getMethod("look", String.class).invoke(null, path.toString());
        assertThat(seen).isEqualTo("follows, reads " + sequence);
        assertLeadsBeforeOthers(directory);
      }
    }
  }

  @Test
  @DisplayName("a second opening follows even when the table of locks was lost")
  void theTableMayBeLost() {
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      Object table = System.getProperties().remove("dev.memo.ownerLocks");
      try (OpenDirectory second = OpenDirectoryTest.open(path)) {
        assertThat(Openings.role(second)).isEqualTo("follows");
        assertLeadsBeforeOthers(directory);
      } finally {
        System.getProperties().put("dev.memo.ownerLocks", table);
      }
    }
  }

  @Test
  @DisplayName("twin: RocksDB alone opens one database twice, under two names of it")
  void withoutTheLockADatabaseIsOpenedTwice() throws IOException {
    Path real = Files.createDirectory(path).resolve("db");
    Files.createDirectory(real);
    Path link = Files.createSymbolicLink(path.resolve("link"), real);
    try (RocksStore first = RocksStore.open(real, Durability.PROCESS_CRASH);
        RocksStore second = RocksStore.open(link, Durability.PROCESS_CRASH)) {
      assertThat(first.get(Family.ENTRIES, new byte[1])).isNull();
      assertThat(second.get(Family.ENTRIES, new byte[1])).isNull();
    }
  }

  @Test
  void interruptedThreadsDoNotLoseTheLock() throws InterruptedException {
    AtomicReference<OpenDirectory> opened = new AtomicReference<>();
    boolean[] flagKept = new boolean[1];
    Thread user =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              OpenDirectory directory = OpenDirectoryTest.open(path);
              for (byte i = 0; i < 100; i++) {
                Thread.currentThread().interrupt();
                OpenDirectoryTest.store(directory, CallKey.of(7, new byte[] {i}), "one");
              }
              flagKept[0] = Thread.currentThread().isInterrupted();
              opened.set(directory);
            });
    user.start();
    user.join();
    try (OpenDirectory directory = requireNonNull(opened.get())) {
      assertThat(flagKept[0]).isTrue();
      assertLeadsBeforeOthers(directory);
    }
  }

  @Test
  @DisplayName("twin: on the user's own thread, an interrupt closes the files that are opened")
  void onTheUsersThreadAnInterruptClosesFiles() throws InterruptedException {
    OpenDirectoryTest.open(path).close();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread user =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                ControlPage.openAsOwner(path.resolve("control"), 0);
              } catch (DirectoryException e) {
                failure.set(e);
              }
            });
    user.start();
    user.join();
    assertThat(failure.get()).hasRootCauseInstanceOf(ClosedByInterruptException.class);
  }

  @Test
  void aFailedOpeningFreesTheLock() throws IOException {
    OpenDirectoryTest.open(path).close();
    Path control = path.resolve("control");
    Files.delete(control);
    Files.createDirectory(control);
    assertThatThrownBy(() -> OpenDirectoryTest.open(path)).isInstanceOf(DirectoryException.class);
    Files.delete(control);
    OpenDirectoryTest.open(path).close();
  }

  private void assertLeadsBeforeOthers(OpenDirectory directory) {
    try (Peer other = Peer.open(path, Times.DEFAULT)) {
      assertThat(other.get("role")).isEqualTo("follows");
      assertThat(Openings.role(directory)).isEqualTo("leads");
    }
  }

  private static URLClassLoader otherLoader() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  /** Called through reflection, in another class loader. */
  public static final class ForeignLoader {
    private ForeignLoader() {}

    public static String look(String path) {
      try (OpenDirectory directory = OpenDirectoryTest.open(Path.of(path))) {
        Stored stored = requireNonNull(directory.primary().read(KEY, 1));
        return Openings.role(directory) + ", reads " + stored.sequence();
      }
    }
  }

  /** Opens the directory and stays, or says why not. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (OpenDirectory directory = OpenDirectoryTest.open(Path.of(arguments[0]))) {
        System.out.println("holds " + directory.path());
        int unused = System.in.read();
      } catch (DirectoryException e) {
        System.out.println("refused: " + e);
      }
    }
  }
}
