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
import dev.memo.process.reads.LocalReads;
import dev.memo.store.HeapStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("heavy")
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
  @DisplayName("P1, P4: processes whose lock file was deleted share the directory again")
  void aDeletedLockFile() throws IOException {
    Path path = folder.resolve("d");
    try (OpenDirectory first = Openings.open(path, Openings.SOON);
        OpenDirectory second = Openings.open(path, Openings.SOON)) {
      long sequence = store(second, KEY, "one");
      Files.delete(path.resolve("owner.lock"));
      Openings.await(
          "one leads and the other follows",
          () ->
              Files.exists(path.resolve("owner.lock"))
                  && Set.copyOf(List.of(Openings.role(first), Openings.role(second)))
                      .equals(Set.of("leads", "follows")));
      for (OpenDirectory directory : List.of(first, second)) {
        Stored stored = requireNonNull(directory.primary().read(KEY, 1));
        assertThat(stored.sequence()).isEqualTo(sequence);
      }
    }
  }

  @Test
  void closingDoesNotOpenOnceMore() throws IOException {
    Path path = folder.resolve("d");
    for (int openings = 1; openings <= 100; openings++) {
      open(path).close();
      assertThat(requireNonNull(Owner.read(path.resolve("owner"))).epoch()).isEqualTo(openings);
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
  void aSecondOpeningFollowsTheFirstUnderWhateverName() throws IOException {
    Path path = folder.resolve("d");
    try (OpenDirectory directory = open(path)) {
      long sequence = store(directory, KEY, "one");
      Path link = Files.createSymbolicLink(folder.resolve("link"), path);
      Files.createDirectory(folder.resolve("x"));
      byte next = 10;
      for (Path name : new Path[] {path, folder.resolve("./x/../d"), link}) {
        try (OpenDirectory second = open(name)) {
          assertThat(second.path()).isEqualTo(directory.path());
          assertThat(second.id()).isEqualTo(directory.id());
          assertThat(Openings.role(second)).isEqualTo("follows");
          assertThat(requireNonNull(second.primary().read(KEY, 1)).sequence()).isEqualTo(sequence);
          CallKey more = CallKey.of(7, new byte[] {next++});
          long stored = store(second, more, "two");
          assertThat(requireNonNull(directory.primary().read(more, 1)).sequence())
              .isEqualTo(stored);
        }
        assertThat(Openings.role(directory)).isEqualTo("leads");
      }
    }
  }

  @Test
  void whoeverOfOneJvmStaysLeadsWhenTheOthersHaveClosed() {
    Path path = folder.resolve("d");
    OpenDirectory first = open(path);
    OpenDirectory second = open(path);
    OpenDirectory third = open(path);
    try {
      long sequence = store(third, KEY, "one");
      first.close();
      assertThat(requireNonNull(third.primary().read(KEY, 1)).sequence()).isEqualTo(sequence);
      assertThat(requireNonNull(second.primary().read(KEY, 1)).sequence()).isEqualTo(sequence);
      Openings.await(
          "one leads",
          () -> Openings.role(second).equals("leads") || Openings.role(third).equals("leads"));
      boolean secondLeads = Openings.role(second).equals("leads");
      (secondLeads ? second : third).close();
      OpenDirectory last = secondLeads ? third : second;
      assertThat(requireNonNull(last.primary().read(KEY, 1)).sequence()).isEqualTo(sequence);
      assertThat(Openings.role(last)).isEqualTo("leads");
    } finally {
      List.of(first, second, third).forEach(OpenDirectory::close);
    }
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
  @DisplayName("P4: a directory that is deleted underneath comes back, and calls go on meanwhile")
  void survivesItsDeletion() throws IOException {
    try (OpenDirectory directory = open(folder.resolve("d"));
        OpenDirectory second = open(folder.resolve("d"))) {
      UUID id = directory.id();
      GatedFunctions leading = GatedFunctions.of(directory);
      GatedFunctions following = GatedFunctions.of(second);
      String former = leading.call("quick", 1);
      assertThat(following.call("quick", 1)).isEqualTo(former);
      Deletion.of(directory.path());
      for (int key = 2; directory.id().equals(id) || second.id().equals(id); key++) {
        String value = leading.call("quick", key);
        assertThat(following.call("quick", key)).isNotNull();
        assertThat(value).isNotNull();
      }
      assertThat(second.id()).isEqualTo(directory.id());
      Openings.await("both have a role", () -> !Openings.role(second).equals("none"));
      String latter = following.call("quick", 1);
      assertThat(latter).as("what was deleted is gone").isNotEqualTo(former);
      assertThat(leading.call("quick", 1)).isEqualTo(latter);
    }
    try (OpenDirectory again = open(folder.resolve("d"))) {
      assertThat(GatedFunctions.of(again).peek("quick", 1)).isNotNull();
    }
  }

  @Test
  @DisplayName("P4: what is left of a directory that was deleted during an election is no obstacle")
  void aLockAloneIsNoObstacle() throws IOException {
    Path path = Files.createDirectory(folder.resolve("d"));
    Files.createFile(path.resolve("owner.lock"));
    try (OpenDirectory directory = open(path)) {
      assertThat(store(directory, KEY, "one")).isPositive();
    }
  }

  @Test
  @DisplayName("a put that meets a primary which closes is tried again at the next one")
  void aPutMeetsAClosingPrimary() throws IOException {
    Files.createDirectory(folder.resolve("d"));
    ControlPage page = ControlPage.openAsOwner(folder.resolve("control"), 0);
    Layout layout = new Layout(folder.resolve("d"));
    LocalPrimary closed = primary(page);
    LocalPrimary next = primary(page);
    UUID id = new UUID(1, 2);
    MemberEpochs epochs = new MemberEpochs();
    epochs.map(page);
    Spool spool = new Spool(layout, "member", false, epochs);
    Member member =
        new Member(folder, Duration.ofMinutes(1), spool, epochs, LocalReads.NONE, Runnable::run);
    member.assume(new Role.Leading(closed, id));
    closed.close();
    Thread keeper =
        new Thread(
            () -> {
              Openings.await("it is left", () -> member.role() == null);
              member.assume(new Role.Leading(next, id));
            });
    keeper.start();
    assertThat(member.replace(KEY, 1, new byte[] {9}, Long.MAX_VALUE))
        .isInstanceOf(PutAnswer.Kept.class);
    assertThat(next.read(KEY, 1)).isNotNull();
    member.close();
  }

  private LocalPrimary primary(ControlPage page) {
    LocalPrimary primary =
        new LocalPrimary(
            folder, new HeapStore(), page, stored -> true, Outdating.STARTED_BEFORE, Grace.none());
    primary.register(7, "function");
    return primary;
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
            Outdating.STARTED_BEFORE)) {
      assertThat(directory.primary().claim(KEY, 1, 0, Chain.root()))
          .isInstanceOf(Answer.Granted.class);
    }
  }

  static OpenDirectory open(Path path) {
    return open(path, DirectorySettings.DEFAULT);
  }

  /** The primary checks no checksums here: entries are bytes of the tests' own. */
  static OpenDirectory open(Path path, DirectorySettings settings) {
    return OpenDirectory.open(path, settings, stored -> true, Outdating.STARTED_BEFORE);
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
