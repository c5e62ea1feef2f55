package dev.memo.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.CapturedLog;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import dev.memo.store.ChildJvm;
import dev.memo.store.FaultyStore;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Results that no primary could take. */
@Timeout(120)
@Tag("heavy")
final class SpoolTest {
  private static final UUID ID = new UUID(1, 2);
  private static final int VARIANT = 1;

  private final Layout layout;
  private final FaultyStore store = new FaultyStore(new HeapStore());
  private final ControlPage page;
  private final LocalPrimary primary;
  private final Role.Leading role;

  SpoolTest(@TempDir Path folder) {
    layout = new Layout(folder);
    page = ControlPage.openAsOwner(layout.control(), 0);
    primary =
        new LocalPrimary(
            folder, store, page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    role = new Role.Leading(primary, ID);
  }

  @BeforeEach
  void make() throws IOException {
    FormatFile.write(layout);
    Files.createDirectory(layout.spool());
    primary.register(7, "function");
  }

  private static CallKey key(int number) {
    return CallKey.of(7, new byte[] {(byte) number});
  }

  private Spool spool(Epochs epochs) {
    return new Spool(layout, "member", false, epochs);
  }

  private long now() {
    return page.lastSequence();
  }

  private static byte[] entry(int number) {
    return ("entry " + number).getBytes(UTF_8);
  }

  private void add(Spool spool, UUID id, int number) {
    assertThat(spool.add(id, key(number), VARIANT, now(), entry(number)))
        .isInstanceOf(PutAnswer.Spooled.class);
  }

  private void assertStored(int number) {
    Stored stored = requireNonNull(primary.read(key(number), VARIANT));
    assertThat(stored.bytes()).endsWith(entry(number));
  }

  private void assertNotStored(int number) {
    assertThat(primary.read(key(number), VARIANT)).isNull();
  }

  /** What a process that was killed leaves: results, and nobody who has them locked. */
  private Path left(UUID id, int results) throws IOException {
    Path path = layout.spool().resolve("killed");
    try (SpoolFile file = SpoolFile.create(path)) {
      for (int number = 0; number < results; number++) {
        file.append(new SpoolFile.Result(id, key(number), VARIANT, now(), entry(number)), false);
      }
    }
    return path;
  }

  private int fold() throws IOException {
    return Spool.fold(layout.spool(), ID, primary).stored();
  }

  @Test
  void manyResultsAreFoundAtOnceUnlessTheyAreLarge() {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      add(spool, ID, 3);
      List<CallKey> keys = List.of(key(0), key(1), key(2), key(3));
      assertThat(spool.findAll(keys, VARIANT))
          .extracting(stored -> stored != null)
          .containsExactly(false, true, false, true);
      byte[] large = new byte[2 << 20];
      assertThat(spool.add(ID, key(0), VARIANT, now(), large))
          .isInstanceOf(PutAnswer.Spooled.class);
      assertThat(spool.findAll(keys, VARIANT)).hasSize(1).doesNotContainNull();
    }
  }

  @Test
  void aResultIsFoundUntilSomethingHappensToItsCall() {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Stored found = requireNonNull(spool.find(key(1), VARIANT));
      assertThat(found.bytes()).endsWith(entry(1));
      assertThat(spool.find(key(1), VARIANT + 1)).isNull();
      assertThat(spool.find(key(2), VARIANT)).isNull();
      primary.invalidate(key(1));
      assertThat(spool.find(key(1), VARIANT)).isNull();
    }
  }

  @Test
  @DisplayName("twin: with epochs that stand still an invalidated result is found")
  void twinWithFrozenEpochs() {
    try (Spool spool = spool(new FrozenEpochs(page))) {
      add(spool, ID, 1);
      primary.invalidate(key(1));
      assertThat(spool.find(key(1), VARIANT)).isNotNull();
    }
  }

  @Test
  @DisplayName("P3: a process replays its spool, of which nothing is left then")
  void aProcessReplaysItsOwn() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      add(spool, ID, 2);
      assertThat(spool.oldestStart()).isEqualTo(now());
      spool.replay(role);
      assertThat(spool.isEmpty()).isTrue();
      assertThat(spool.spooled()).isEqualTo(2);
    }
    assertStored(1);
    assertStored(2);
    assertThat(layout.spool()).isEmptyDirectory();
  }

  @Test
  @DisplayName("P3: what the database refuses stays in the spool, in order, until it does not")
  void whatIsRefusedStays() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      add(spool, ID, 2);
      store.failAllWrites(StoreException.Reason.NO_SPACE);
      spool.replay(role);
      assertThat(spool.isEmpty()).isFalse();
      assertNotStored(1);
      store.failAllWrites(null);
      spool.replay(role);
      assertThat(spool.isEmpty()).isTrue();
    }
    assertStored(1);
    assertStored(2);
  }

  @Test
  @DisplayName("P3: what follows a record that a full disk has torn is not lost with it")
  void whatFollowsATornRecord() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Path file = layout.spool().resolve("member");
      Files.write(file, new byte[] {0, 0, 1}, StandardOpenOption.APPEND);
      add(spool, ID, 2);
      assertThat(spool.replay(role).stored()).isEqualTo(2);
    }
    assertStored(1);
    assertStored(2);
  }

  @Test
  @DisplayName("P4: a call whose result goes to the spool does not wait for a slow replay")
  void aReplayHoldsNobodyUp() throws Exception {
    CountDownLatch replaying = new CountDownLatch(1);
    CountDownLatch added = new CountDownLatch(1);
    store.beforeWrites(
        () -> {
          replaying.countDown();
          assertThat(added.await(60, TimeUnit.SECONDS)).isTrue();
          return true;
        });
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Thread replay =
          new Thread(
              () -> {
                try {
                  spool.replay(role);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      replay.start();
      assertThat(replaying.await(60, TimeUnit.SECONDS)).isTrue();
      add(spool, ID, 2);
      assertThat(spool.find(key(1), VARIANT)).isNotNull();
      added.countDown();
      replay.join();
      assertThat(spool.isEmpty()).as("what came meanwhile is taken too").isTrue();
    }
    assertStored(1);
    assertStored(2);
  }

  @Test
  @DisplayName("P3: a spool that is being made is not taken for one that was left behind")
  void aFileThatIsBeingMadeIsNotTakenAway() throws IOException {
    try (ChildJvm folder = ChildJvm.of(Folder.class, layout.spool()).start()) {
      folder.awaitLine("folding");
      for (int made = 0; made < 3_000; made++) {
        Path path = layout.spool().resolve("made-" + made);
        try (SpoolFile file = SpoolFile.create(path)) {
          file.append(new SpoolFile.Result(ID, key(1), VARIANT, now(), entry(1)), false);
          assertThat(path).as("round %s", made).exists();
          Files.delete(path);
        }
      }
    }
  }

  /** Takes over and deletes whatever it finds, as a primary does. */
  static final class Folder {
    private Folder() {}

    public static void main(String[] arguments) throws IOException {
      System.out.println("folding");
      while (true) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(arguments[0]))) {
          for (Path path : files) {
            try (SpoolFile spool = SpoolFile.takeOver(path)) {
              if (spool != null) {
                Files.deleteIfExists(path);
              }
            }
          }
        }
      }
    }
  }

  @Test
  @DisplayName("P6: a spooled result whose call was invalidated meanwhile is not stored")
  void anOutdatedResultIsNotStored() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      add(spool, ID, 2);
      primary.invalidate(key(1));
      spool.replay(role);
    }
    assertNotStored(1);
    assertStored(2);
  }

  @Test
  @DisplayName("P3: what a killed process left is taken in, once")
  void whatAKilledProcessLeftIsFolded() throws IOException {
    Path path = left(ID, 3);
    byte[] bytes = Files.readAllBytes(path);
    assertThat(fold()).isEqualTo(3);
    assertThat(path).doesNotExist();
    assertStored(2);
    long sequence = requireNonNull(primary.read(key(2), VARIANT)).sequence();
    Files.write(path, bytes); // as if the primary had been killed before it removed it
    fold();
    assertThat(requireNonNull(primary.read(key(2), VARIANT)).sequence()).isEqualTo(sequence);
    assertThat(path).doesNotExist();
  }

  @Test
  void aSpoolThatTheDatabaseRefusesStays() throws IOException {
    Path path = left(ID, 2);
    store.failAllWrites(StoreException.Reason.NO_SPACE);
    assertThat(fold()).isZero();
    assertThat(path).exists();
    store.failAllWrites(null);
    assertThat(fold()).isEqualTo(2);
    assertThat(path).doesNotExist();
    assertStored(0);
  }

  @Test
  void resultsOfAnotherDatabaseAreNotStored() throws IOException {
    Path path = left(new UUID(3, 4), 2);
    fold();
    assertThat(path).doesNotExist();
    assertNotStored(0);
    assertNotStored(1);
  }

  @Test
  @DisplayName("P8: wherever the file is torn, the results before are taken in, and no other")
  void aTornTailIsIgnored() throws IOException {
    Path path = left(ID, 2);
    byte[] whole = Files.readAllBytes(path);
    int second = secondRecord(whole);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      List<Integer> lengths = new ArrayList<>();
      try (SpoolFile file = requireNonNull(SpoolFile.takeOver(path))) {
        file.forEach(result -> lengths.add(result.entry().length));
      }
      assertThat(lengths).as("of %s bytes", length).hasSize(length >= second ? 1 : 0);
    }
  }

  /** Where the second record begins: after the line and the first record. */
  private static int secondRecord(byte[] file) {
    int line = new String(file, ISO_8859_1).indexOf('\n') + 1;
    return line + 8 + ByteBuffer.wrap(file).getInt(line);
  }

  @Test
  @DisplayName("P2: whichever bit of a record is damaged, it is not taken in")
  void aDamagedRecordIsNotTakenIn() throws IOException {
    Path path = left(ID, 1);
    byte[] whole = Files.readAllBytes(path);
    int line = new String(whole, ISO_8859_1).indexOf('\n') + 1;
    for (int bit = line * 8; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(path, damaged);
      List<SpoolFile.Result> results = new ArrayList<>();
      try (SpoolFile file = requireNonNull(SpoolFile.takeOver(path))) {
        file.forEach(results::add);
      }
      assertThat(results).as("bit %s", bit).isEmpty();
    }
  }

  @Test
  @DisplayName("P5: results behind a damaged record are not dropped without a word")
  void whatFollowsADamagedRecordIsTold() throws IOException {
    Path path = left(ID, 3);
    byte[] bytes = Files.readAllBytes(path);
    bytes[secondRecord(bytes) + 20] ^= 1;
    Files.write(path, bytes);
    try (CapturedLog log = CapturedLog.of("dev.memo.process")) {
      assertThat(fold()).isEqualTo(1);
      assertThat(log.warnings()).singleElement().asString().contains("cannot be read");
    }
  }

  @Test
  @DisplayName("P3: what is spooled after the directory was deleted is not in the deleted file")
  void aDeletedSpoolIsMadeAnew() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Files.delete(layout.spool().resolve("member"));
      add(spool, ID, 2);
      assertThat(layout.spool().resolve("member")).exists();
      assertThat(spool.find(key(1), VARIANT)).isNull();
      assertThat(spool.find(key(2), VARIANT)).isNotNull();
      spool.replay(role);
    }
    assertStored(2);
    assertThat(layout.spool()).isEmptyDirectory();
  }

  @Test
  @DisplayName("P3: who comes after the close is refused, and what was spooled before stays")
  void nothingIsAddedAfterTheClose() throws IOException {
    Spool spool = spool(page);
    add(spool, ID, 1);
    add(spool, ID, 2);
    spool.close();
    assertThatThrownBy(() -> spool.add(ID, key(3), VARIANT, now(), entry(3)))
        .isInstanceOf(DirectoryClosedException.class);
    spool.close();
    assertThat(fold()).isEqualTo(2);
    assertStored(1);
    assertStored(2);
    assertThat(layout.spool()).isEmptyDirectory();
  }

  @Test
  void aSpoolThatIsClosedBeforeItsFirstResultMakesNoFile() {
    Spool spool = spool(page);
    spool.close();
    assertThatThrownBy(() -> spool.add(ID, key(1), VARIANT, now(), entry(1)))
        .isInstanceOf(DirectoryClosedException.class);
    assertThat(layout.spool()).isEmptyDirectory();
  }

  @Test
  @DisplayName("P3: a file with results in it is not begun anew, and is taken in as it is")
  void aFileWithResultsIsNotBegunAnew() throws IOException {
    Path path = left(ID, 2);
    byte[] bytes = Files.readAllBytes(path);
    assertThatThrownBy(() -> SpoolFile.create(path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(path.toString());
    Spool spool = new Spool(layout, "killed", false, page);
    assertThat(spool.add(ID, key(2), VARIANT, now(), entry(2)))
        .isInstanceOf(PutAnswer.Refused.class);
    assertThat(path).hasBinaryContent(bytes);
    assertThat(fold()).as("nobody has it locked").isEqualTo(2);
    spool.close();
  }

  @Test
  @DisplayName("P3: a file that its process could not begin is begun again")
  void aFileWithoutResultsIsBegunAgain() throws IOException {
    Files.write(layout.spool().resolve("member"), "memo sp".getBytes(UTF_8));
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
    }
    assertThat(fold()).isEqualTo(1);
  }

  @Test
  @DisplayName("P3: what calls are told is spooled is there, whenever the directory is closed")
  void whatIsSpooledWhileTheDirectoryIsClosedIsThere(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("d");
    try (Peer primary = Peer.open(path, Openings.SOON)) {
      primary.stop();
      for (int round = 0; round < 3; round++) {
        OpenDirectory directory = Openings.open(path, Openings.SOON);
        AtomicLong spooled = new AtomicLong();
        AtomicLong calls = new AtomicLong();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int caller = 0; caller < 8; caller++) {
          callers.add(
              CompletableFuture.runAsync(
                  () -> spoolUntilClosed(directory.primary(), calls, spooled),
                  task -> new Thread(task).start()));
        }
        Openings.await("calls are under way", () -> spooled.get() > 100);
        directory.close();
        callers.forEach(CompletableFuture::join);
        assertThat(resultsIn(path.resolve("spool"))).as("round %s", round).isEqualTo(spooled.get());
      }
    }
  }

  @Test
  @DisplayName("P3: processes that make the folder of spools at the same moment all have one")
  void theFolderIsMadeByWhoeverComesFirst() throws Exception {
    for (int round = 0; round < 200; round++) {
      Files.delete(layout.spool());
      CyclicBarrier together = new CyclicBarrier(2);
      List<CompletableFuture<PutAnswer>> answers = new ArrayList<>();
      for (String member : List.of("one", "other")) {
        answers.add(
            CompletableFuture.supplyAsync(
                () -> firstOf(member, together), task -> new Thread(task).start()));
      }
      for (CompletableFuture<PutAnswer> answer : answers) {
        assertThat(answer.get(60, TimeUnit.SECONDS)).isInstanceOf(PutAnswer.Spooled.class);
      }
      assertThat(fold()).isEqualTo(2);
    }
  }

  private PutAnswer firstOf(String member, CyclicBarrier together) {
    try (Spool spool = new Spool(layout, member, false, page)) {
      together.await(60, TimeUnit.SECONDS);
      return spool.add(ID, CallKey.of(7, member.getBytes(UTF_8)), VARIANT, now(), entry(1));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void spoolUntilClosed(Primary primary, AtomicLong calls, AtomicLong spooled) {
    try {
      while (true) {
        byte[] call = ByteBuffer.allocate(Long.BYTES).putLong(calls.incrementAndGet()).array();
        CallKey key = CallKey.of(7, call);
        Claim claim = primary.begin(key, VARIANT, Chain.root());
        if (primary.put(key, VARIANT, claim, call, 0) instanceof PutAnswer.Spooled) {
          spooled.incrementAndGet();
        }
        primary.release(key, VARIANT, claim);
      }
    } catch (DirectoryClosedException e) {
      return; // as it should be
    }
  }

  /** Counts what a primary would find, and deletes it. */
  private static long resultsIn(Path folder) throws IOException {
    long[] results = {0};
    for (String name : Openings.names(folder)) {
      Path path = folder.resolve(name);
      try (SpoolFile file = requireNonNull(SpoolFile.takeOver(path))) {
        file.forEach(result -> results[0]++);
      }
      Files.delete(path);
    }
    return results[0];
  }

  @Test
  @DisplayName("twin: where the checksum fits, damaged bytes get in")
  void twinWithAChecksumThatFits() throws IOException {
    Path path = left(ID, 1);
    byte[] bytes = Files.readAllBytes(path);
    int line = new String(bytes, ISO_8859_1).indexOf('\n') + 1;
    bytes[bytes.length - 1] ^= 1;
    CRC32C crc = new CRC32C();
    crc.update(bytes, line + 8, bytes.length - line - 8);
    ByteBuffer.wrap(bytes).putInt(line + 4, (int) crc.getValue());
    Files.write(path, bytes);
    assertThat(fold()).isEqualTo(1);
    Stored stored = requireNonNull(primary.read(key(0), VARIANT));
    assertThat(new String(stored.bytes(), UTF_8)).endsWith("entry 1");
  }

  @Test
  @DisplayName("P5: a file that is no spool is neither deleted nor in the way of others")
  void aForeignFileIsNotInTheWay() throws IOException {
    left(ID, 1);
    Path foreign = Files.writeString(layout.spool().resolve("0-foreign"), "not a spool at all\n");
    assertThat(fold()).isEqualTo(1);
    assertThat(foreign).exists();
    assertStored(0);
  }

  @Test
  @DisplayName("P3: the spool of a process that lives is left alone, even one of this JVM")
  void aLivingProcessKeepsItsSpool() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Path file = layout.spool().resolve("member");
      assertThat(fold()).isZero();
      assertThat(file).exists();
      assertLockedAgainstOthers(file);
    }
    fold();
    assertStored(1);
  }

  @Test
  @DisplayName("twin: to probe a file of this JVM frees its lock")
  void twinThatProbes() throws IOException {
    try (Spool spool = spool(page)) {
      add(spool, ID, 1);
      Path file = layout.spool().resolve("member");
      try (RandomAccessFile probe = new RandomAccessFile(file.toFile(), "rw")) {
        assertThat(probe.getFilePointer()).isZero();
      }
      assertThat(isLockedAgainstOthers(file)).isFalse();
    }
  }

  private static void assertLockedAgainstOthers(Path file) throws IOException {
    assertThat(isLockedAgainstOthers(file)).as("%s is locked", file).isTrue();
  }

  /** Asks the kernel, whose list names holders by inode. */
  private static boolean isLockedAgainstOthers(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains(inode) && line.contains(" POSIX "));
  }

  @Test
  @DisplayName(
      "P3: results that a process had spooled when it was killed are stored by the primary")
  void theSpoolOfAKilledProcessIsTakenIn(@TempDir Path folder) {
    Path path = folder.resolve("d");
    try (Peer first = Peer.open(path, Openings.SOON);
        Peer second = Peer.open(path, Openings.SOON)) {
      first.stop();
      List<String> values = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        values.add(second.get("call", "quick", i));
      }
      assertThat(second.get("spooled")).isEqualTo("5");
      second.kill();
      assertThat(Openings.names(path.resolve("spool"))).hasSize(1);
      first.resume();
      for (int i = 0; i < 5; i++) {
        int key = i;
        Openings.await(
            "result " + i + " is stored",
            () -> values.get(key).equals(first.get("peek", "quick", key)));
      }
      Openings.await("the file is gone", () -> Openings.names(path.resolve("spool")).isEmpty());
    }
  }
}
