package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import dev.memo.failure.DirectoryException;
import dev.memo.failure.DirectoryHeldException;
import dev.memo.store.ChildJvm;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerLockTest {
  private static final CallKey KEY = CallKey.of(7, new byte[] {1});

  private final Path path;

  OwnerLockTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  void aSecondProcessIsToldPidHostAndStartOfTheFirst() throws IOException {
    try (ChildJvm holder = ChildJvm.of(Holder.class, path).start()) {
      holder.awaitLine("holds");
      ProcessHandle process = holder.process().toHandle();
      assertThatThrownBy(() -> OpenDirectoryTest.open(path))
          .isInstanceOf(DirectoryHeldException.class)
          .hasMessageContaining(path.toRealPath().toString())
          .hasMessageContaining("process " + process.pid())
          .hasMessageContaining(
              "host " + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip())
          .hasMessageContaining("started " + process.info().startInstant().orElseThrow());
    }
  }

  @Test
  void ofProcessesThatMakeADirectoryAtOnceOneHoldsIt() {
    for (int round = 0; round < 3; round++) {
      Path fresh = path.resolveSibling("fresh" + round);
      try (ChildJvm one = ChildJvm.of(Holder.class, fresh).start();
          ChildJvm two = ChildJvm.of(Holder.class, fresh).start()) {
        String first = one.awaitLine("holds", "refused");
        if (first.startsWith("holds")) {
          assertThat(two.awaitLine("refused")).contains("is held by process " + pid(one));
        } else {
          assertThat(first).contains("is held by process " + pid(two));
          assertThat(two.awaitLine("holds")).contains(fresh.toString());
        }
      }
    }
  }

  private static long pid(ChildJvm child) {
    return child.process().pid();
  }

  @Test
  @DisplayName("P4: a killed owner's directory can be opened at once, under a higher epoch")
  void aKilledOwnerLeavesTheDirectoryFree() throws IOException {
    try (ChildJvm holder = ChildJvm.of(Holder.class, path).start()) {
      holder.awaitLine("holds");
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
  void aSecondClassLoaderIsRefusedAndDoesNotFreeTheLock() throws Exception {
    try (OpenDirectory directory = OpenDirectoryTest.open(path);
        URLClassLoader other = otherLoader()) {
      Class<?> holder = other.loadClass(Holder.class.getName());
      assertThatThrownBy(() -> holder.getMethod("open", String.class).invoke(null, path.toString()))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .hasMessageContaining("is held by process " + ProcessHandle.current().pid())
          .hasMessageContaining("another class loader of this JVM");
      assertThat(directory.path()).exists();
      assertHeldAgainstOthers();
    }
  }

  @Test
  @DisplayName("a second class loader is refused even when the table of locks was lost")
  void theTableMayBeLost() throws Exception {
    try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
      Object table = System.getProperties().remove("dev.memo.ownerLocks");
      try {
        assertThatThrownBy(() -> OpenDirectoryTest.open(path))
            .isInstanceOf(DirectoryHeldException.class);
        assertThat(directory.path()).exists();
        assertHeldAgainstOthers();
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
      assertThat(directory.path()).exists();
      assertHeldAgainstOthers();
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

  private void assertHeldAgainstOthers() {
    try (ChildJvm other = ChildJvm.of(Holder.class, path).start()) {
      assertThat(other.awaitLine("refused"))
          .contains("is held by process " + ProcessHandle.current().pid());
    }
  }

  private static URLClassLoader otherLoader() throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  /** Opens the directory and stays, or says why not. */
  public static final class Holder {
    private Holder() {}

    /** Called through reflection too, in another class loader. */
    public static OpenDirectory open(String directory) {
      return OpenDirectoryTest.open(Path.of(directory));
    }

    public static void main(String[] arguments) throws IOException {
      try (OpenDirectory directory = open(arguments[0])) {
        System.out.println("holds " + directory.path());
        int unused = System.in.read();
      } catch (DirectoryException e) {
        System.out.println("refused: " + e);
      }
    }
  }
}
