package dev.memo.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.claims.WaitGraph;
import dev.memo.store.Durability;
import dev.memo.store.Store;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a process that only reads makes of owners that it cannot ask: nothing is read of a database
 * before an owner is known to have opened it, whatever became of its files.
 */
@Timeout(180)
@Tag("heavy")
final class ReadOnlyOwnersTest {
  private static final int KEYS = 20;

  private final Path path;
  private final Layout layout;

  ReadOnlyOwnersTest(@TempDir Path folder) {
    path = folder.resolve("d");
    layout = new Layout(path);
  }

  /** An owner that has begun, and does the rest when it is told. */
  private final class SlowOwner implements AutoCloseable {
    private final ControlPage page;
    private final Closers closers = new Closers();

    SlowOwner() throws IOException {
      Owner former = requireNonNull(Owner.read(layout.owner()));
      page = ControlPage.openAsOwner(layout.control(), former.epoch());
      Owner.thisProcess(page.ownerEpoch(), null, null).write(layout.owner());
    }

    /** Finds the database so damaged that it begins a new one, and says that it has. */
    GatedFunctions beginAnew() throws IOException {
      Files.move(layout.data(), path.resolve("data.corrupt-test"));
      Ballast ballast = new Ballast(layout.ballast(), 0);
      Store store = new Database(layout, page, Durability.PROCESS_CRASH, ballast).open();
      closers.add(store::close);
      UUID id = UUID.randomUUID();
      new Meta(store).writeDirectoryId(id);
      LocalPrimary primary =
          new LocalPrimary(
              path, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
      closers.add(primary::close);
      Owner.thisProcess(page.ownerEpoch(), null, id).write(layout.owner());
      return new GatedFunctions(primary, WaitGraph.JVM, Duration.ofSeconds(60), call -> {});
    }

    @Override
    public void close() {
      closers.close();
    }
  }

  @Test
  @DisplayName("P2: nothing is read before the owner has opened the database, or has begun another")
  void whatAnOwnerIsOpeningIsNotRead() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    try (SlowOwner owner = new SlowOwner();
        OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 1)).isNull();
      GatedFunctions there = owner.beginAnew();
      String now = there.call("quick", 1);
      assertThat(now).isNotEqualTo(values.get(1));
      Openings.await("it is found", () -> here.peek("quick", 1) != null);
      assertThat(here.peek("quick", 1)).isEqualTo(now);
      assertThat(here.peek("quick", 2)).isNull();
    }
  }

  @Test
  @DisplayName("P2, twin: who does not wait for the owner serves what is not stored any more")
  void twinWithoutWaitingForTheOwner() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    OwnerWatch.Rules anyOwner =
        new OwnerWatch.Rules((owner, epoch) -> true, ReadOnlyOpenings.IMPATIENT.patience());
    try (SlowOwner owner = new SlowOwner();
        OpenDirectory directory = ReadOnlyOpenings.open(path, anyOwner)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 1)).isEqualTo(values.get(1));
      GatedFunctions there = owner.beginAnew();
      String now = there.call("quick", 1);
      assertThat(here.peek("quick", 1)).isEqualTo(values.get(1)).isNotEqualTo(now);
    }
  }

  @Test
  @DisplayName(
      "P4, P5: an owner that died while it opened the database is told of, and the next is followed")
  void anOwnerThatDied() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    new SlowOwner().close();
    try (CapturedLog log = CapturedLog.of("dev.memo.process");
        OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 1)).isNull();
      awaitOneWarning(log, "names no owner that has opened the database");
      Openings.open(path, Times.DEFAULT).close();
      Openings.await("it is served", () -> here.peek("quick", 1) != null);
      assertThat(here.peek("quick", 1)).isEqualTo(values.get(1));
    }
  }

  @Test
  void anOwnerThatCannotOpenASocketIsFollowed() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    Files.deleteIfExists(layout.sockets());
    Files.createFile(layout.sockets()); // in place of the folder
    try (OpenDirectory owner = Openings.open(path, Times.DEFAULT);
        OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      assertThat(requireNonNull(Owner.read(layout.owner())).socket()).isNull();
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 1)).isEqualTo(values.get(1));
      GatedFunctions.of(owner).invalidate("quick", 1);
      assertThat(here.peek("quick", 1)).isNull();
    }
  }

  private static void awaitOneWarning(CapturedLog log, String part) {
    Openings.await("a warning", () -> !log.warnings().isEmpty());
    assertThat(log.warnings()).singleElement().asString().contains(part);
  }

  /** What becomes of the page, or of the owner file. */
  private enum Loss {
    MISSING {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
      }
    },
    EMPTY {
      @Override
      void to(Path file) throws IOException {
        Files.write(file, new byte[0]);
      }
    },
    ZEROS {
      @Override
      void to(Path file) throws IOException {
        Files.write(file, new byte[(int) Files.size(file)]);
      }
    },
    NOISE {
      @Override
      void to(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] ^= 0x55;
        }
        Files.write(file, bytes);
      }
    },
    A_FOLDER {
      @Override
      void to(Path file) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
      }
    };

    abstract void to(Path file) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P2, P4, P5: without a page that can be read nothing is served, and all is computed")
  void lostPages(Loss loss) throws IOException {
    assertNothingIsServedAfter(loss, layout.control());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P2, P4, P5: without an owner file that says who it is, nothing is served either")
  void lostOwnerFiles(Loss loss) throws IOException {
    assertNothingIsServedAfter(loss, layout.owner());
  }

  private void assertNothingIsServedAfter(Loss loss, Path file) throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    loss.to(file);
    try (CapturedLog log = CapturedLog.of("dev.memo.process");
        OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.call("quick", key)).isNotEqualTo(values.get(key));
      }
      awaitOneWarning(log, path.toString());
      assertThat(log.warnings().get(0)).contains("open", "without readOnly()");
      if (loss == Loss.A_FOLDER) {
        Files.delete(file); // or no owner could begin
      }
      Openings.open(path, Times.DEFAULT).close();
      Openings.await("it is served", () -> values.get(1).equals(here.peek("quick", 1)));
      assertThat(log.warnings())
          .as("of an owner that has just begun it may be told, too; nothing is told twice")
          .doesNotHaveDuplicates();
    }
  }

  /** A step back or forth of one of the two numbers that must agree. */
  @ParameterizedTest
  @ValueSource(longs = {-1, 1, 1_000})
  @DisplayName("P2: an owner file of another epoch than the page says nothing")
  void anOwnerOfAnotherEpoch(long more) throws IOException {
    ReadOnlyOpenings.store(path, KEYS);
    ReadOnlyOpenings.store(path, KEYS);
    Owner owner = requireNonNull(Owner.read(layout.owner()));
    new Owner(
            owner.epoch() + more,
            owner.pid(),
            owner.host(),
            owner.started(),
            owner.socket(),
            owner.directoryId())
        .write(layout.owner());
    try (OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      assertThat(GatedFunctions.of(directory).peek("quick", 1)).isNull();
    }
  }

  @Test
  @DisplayName("P6: a stripe that an owner was killed in the midst of changing is not served")
  void aChangeThatDidNotEnd() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    int stripe = GatedFunctions.key("quick", 1).stripe();
    try (RandomAccessFile page = new RandomAccessFile(layout.control().toFile(), "rw")) {
      page.seek(4096 + stripe * Long.BYTES);
      page.write(1); // the lowest byte, where the machine's order is little-endian
    }
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 0)).isEqualTo(values.get(0));
      long begin = System.nanoTime();
      assertThat(here.peek("quick", 1)).isNull();
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as("nobody waits for what does not come")
          .isLessThan(Duration.ofSeconds(30));
    }
  }

  @RepeatedTest(3)
  @DisplayName("P6: when somebody deletes the page, and an owner makes another, that one counts")
  void aPageThatIsReplaced() throws Exception {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    AtomicBoolean enough = new AtomicBoolean();
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      List<Thread> readers = new ArrayList<>(); // whatever is served meanwhile is not kept
      for (int reader = 0; reader < 3; reader++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int key = 0; !enough.get(); key++) {
                    String unused = here.call("quick", key % KEYS);
                  }
                });
        thread.start();
        readers.add(thread);
      }
      Files.delete(layout.control());
      List<String> now = new ArrayList<>();
      try (OpenDirectory owner = Openings.open(path, Times.DEFAULT)) {
        for (int key = 0; key < KEYS; key++) {
          now.add(GatedFunctions.of(owner).refresh("quick", key));
        }
      }
      Openings.await("the other page is found", () -> now.get(1).equals(here.call("quick", 1)));
      enough.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      for (int key = 0; key < KEYS; key++) {
        assertThat(here.call("quick", key)).isEqualTo(now.get(key)).isNotEqualTo(values.get(key));
      }
    }
  }

  @Test
  @DisplayName("P4, P6: a directory that is deleted is not served any more, and the next one is")
  void aDeletedDirectory() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    try (CapturedLog log = CapturedLog.of("dev.memo.process");
        OpenDirectory directory = ReadOnlyOpenings.open(path, ReadOnlyOpenings.IMPATIENT)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.call("quick", 1)).isEqualTo(values.get(1));
      Deletion.of(path);
      Openings.await("it is gone", () -> here.peek("quick", 1) == null);
      assertThat(here.call("quick", 1)).as("nor from memory").isNotEqualTo(values.get(1));
      assertThat(path).as("nothing is made again").doesNotExist();
      awaitOneWarning(log, path.toString());
      List<String> next = ReadOnlyOpenings.store(path, KEYS);
      Openings.await("the next one is found", () -> next.get(1).equals(here.call("quick", 1)));
    }
  }

  @Test
  @DisplayName("a directory that is replaced by a copy is read on, and the copy's owner is obeyed")
  void aCopyInItsPlace() throws IOException {
    List<String> values = ReadOnlyOpenings.store(path, KEYS);
    try (OpenDirectory directory = ReadOnlyOpenings.open(path)) {
      GatedFunctions here = GatedFunctions.of(directory);
      assertThat(here.peek("quick", 1)).isEqualTo(values.get(1));
      Path former = Files.move(path, path.resolveSibling("former"));
      try (Stream<Path> files = Files.walk(former)) {
        for (Path file : files.toList()) {
          Path copy = path.resolve(former.relativize(file).toString());
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      assertThat(here.peek("quick", 2)).isEqualTo(values.get(2));
      try (OpenDirectory owner = Openings.open(path, Times.DEFAULT)) {
        GatedFunctions.of(owner).invalidate("quick", 1);
        Openings.await("the copy is found", () -> here.peek("quick", 1) == null);
        assertThat(here.peek("quick", 2)).isEqualTo(values.get(2));
      }
    }
  }
}
