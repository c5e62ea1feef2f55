package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody deletes the directory, as {@code rm -rf} does, while processes have it open. */
@Tag("heavy")
@Timeout(180)
final class DeletedDirectoryTest {
  private static final Times SOON = Openings.SOON;
  private static final Duration WATCHED = Duration.ofSeconds(2);

  private final Path path;

  DeletedDirectoryTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private static Set<String> all(List<Peer> peers, Function<Peer, Peer.Asked> question) {
    List<Peer.Asked> asked = peers.stream().map(question).toList();
    Set<String> answers = new HashSet<>();
    asked.forEach(a -> answers.add(a.value()));
    return answers;
  }

  /** One leads, the others follow it, which only those do that are in the same directory. */
  private static void awaitNextDirectory(List<Peer> peers, String formerId) {
    Openings.await(
        "they share another directory",
        () -> {
          List<String> roles = peers.stream().map(peer -> peer.get("role")).sorted().toList();
          Set<String> ids = all(peers, peer -> peer.ask("id"));
          return roles.equals(List.of("follows", "follows", "leads"))
              && ids.size() == 1
              && !ids.contains(formerId);
        });
  }

  @Test
  @DisplayName("P1, P4, P6: when the directory is deleted calls go on, and all share the next one")
  void theDirectoryIsDeleted() {
    try (Peer a = Peer.open(path, SOON);
        Peer b = Peer.open(path, SOON);
        Peer c = Peer.open(path, SOON)) {
      List<Peer> peers = List.of(a, b, c);
      String id = a.get("id");
      // on all heaps, under a stripe that was raised before
      a.get("invalidate", "quick", 1);
      assertThat(all(peers, peer -> peer.ask("call", "quick", 1))).hasSize(1);
      String old = a.get("call", "quick", 1);
      String oldUntouched = a.get("call", "quick", 2);
      Peer.Asked slow = b.ask("call", "f", 1);
      b.await("computes f 1");

      Deletion.of(path);
      for (int key = 10; key < 20; key++) {
        for (Peer peer : peers) {
          assertThat(peer.get("call", "quick", key)).isNotNull();
        }
      }
      awaitNextDirectory(peers, id);
      assertThat(path.resolve("FORMAT")).exists();

      Peer.Asked again = c.ask("call", "f", 1);
      c.await("computes f 1"); // its claim went with the old directory
      b.get("open", "f", 1);
      assertThat(slow.value()).isNotNull();
      c.get("open", "f", 1);
      String fresh = again.value();
      assertThat(a.get("call", "f", 1)).as("what is stored").isEqualTo(fresh);

      a.get("invalidate", "quick", 1);
      Set<String> now = all(peers, peer -> peer.ask("call", "quick", 1));
      assertThat(now).as("after an invalidation").hasSize(1).doesNotContain(old);
      a.get("invalidateAll", "quick");
      now = all(peers, peer -> peer.ask("call", "quick", 2));
      assertThat(now).as("after it was all invalidated").hasSize(1).doesNotContain(oldUntouched);

      for (int key = 100; key < 150; key++) {
        int each = key;
        assertThat(all(peers, peer -> peer.ask("call", "quick", each))).hasSize(1);
        assertThat(peers.stream().mapToLong(peer -> peer.computations("quick", each)).sum())
            .as("computations of %s", each)
            .isEqualTo(1);
      }
      peers.forEach(Peer::leave);
      assertThat(Openings.names(path.resolve("secondaries"))).isEmpty();
      assertThat(Openings.names(path.resolve("s"))).isEmpty();
      assertThat(Openings.names(path.resolve("spool"))).isEmpty();
    }
  }

  @Test
  @DisplayName("P5: who led before and follows now rests between two looks")
  void aFormerLeaderDoesNotSpin() {
    try (Peer former = Peer.open(path, SOON);
        Peer next = Peer.open(path, SOON)) {
      assertThat(former.get("role")).isEqualTo("leads");
      assertThat(next.get("role")).isEqualTo("follows");
      String id = former.get("id");
      // while it stands still, the other one makes the next directory, and leads that
      former.stop();
      Deletion.of(path);
      Openings.await(
          "the other one leads",
          () -> next.get("role").equals("leads") && !next.get("id").equals(id));
      former.resume();
      Openings.await("it follows", () -> former.get("role").equals("follows"));

      long runBefore = keeperNanos(former);
      long begin = System.nanoTime();
      Openings.await("some looks", () -> System.nanoTime() - begin > WATCHED.toNanos());
      assertThat(keeperNanos(former) - runBefore)
          .as("processor time of the keeper in %s", WATCHED)
          .isPositive()
          .isLessThan(WATCHED.toNanos() / 10);
      assertThat(former.get("role")).isEqualTo("follows");
    }
  }

  private static long keeperNanos(Peer peer) {
    return Long.parseLong(peer.get("keeperNanos"));
  }

  @Test
  @DisplayName(
      "P4, P6: a mutation while the directory is deleted is carried out, or fails; it ends")
  void mutationsMeanwhile() {
    try (Peer a = Peer.open(path, SOON);
        Peer b = Peer.open(path, SOON);
        Peer c = Peer.open(path, SOON)) {
      List<Peer> peers = List.of(a, b, c);
      assertThat(all(peers, peer -> peer.ask("call", "quick", 1))).hasSize(1);
      String id = a.get("id");
      List<Peer.Asked> asked = new ArrayList<>();
      Deletion.of(path);
      for (Peer peer : peers) {
        for (int i = 0; i < 20; i++) {
          asked.add(peer.ask("put", "quick", 1, "put"));
          asked.add(peer.ask("invalidate", "quick", 2));
          asked.add(peer.ask("call", "quick", 30 + i));
        }
      }
      for (Peer.Asked each : asked) {
        String answer = each.answer();
        if (!answer.startsWith("returned")) {
          assertThat(answer).startsWith("threw dev.memo.failure.DirectoryUnavailableException");
        }
      }
      awaitNextDirectory(peers, id);
      a.get("put", "quick", 1, "last");
      assertThat(all(peers, peer -> peer.ask("call", "quick", 1))).containsExactly("last");
    }
  }
}
