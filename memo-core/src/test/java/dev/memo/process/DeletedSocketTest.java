package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody deletes the socket of the primary, which goes on, as do those that are connected. */
@Tag("heavy")
@Timeout(180)
final class DeletedSocketTest {
  private final Path path;
  private final List<String> begun = new CopyOnWriteArrayList<>();

  DeletedSocketTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  private void delete(boolean folderToo) throws IOException {
    Path sockets = path.resolve("s");
    List<String> names = Openings.names(sockets);
    assertThat(names).hasSize(1);
    Files.delete(sockets.resolve(names.get(0)));
    if (folderToo) {
      Files.delete(sockets);
    }
  }

  private Owner owner() throws IOException {
    Owner owner = Owner.read(path.resolve("owner"));
    assertThat(owner).isNotNull();
    return owner;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("P1, P4: without its socket the primary goes on, and who comes later can join")
  void theSocketIsDeleted(boolean folderToo) throws IOException {
    List<Peer> later = new ArrayList<>();
    try (OpenDirectory primary = Openings.open(path, Times.DEFAULT);
        Peer attached = Peer.open(path, Times.DEFAULT)) {
      GatedFunctions here = GatedFunctions.of(primary, begun::add);
      Role before = ((Member) primary.primary()).role();
      String value = attached.get("call", "quick", 1);
      Peer.Asked slow = attached.ask("call", "f", 1);
      attached.await("computes f 1");
      for (int round = 0; round < 2; round++) {
        delete(folderToo);
        assertThat(here.call("quick", 1)).isEqualTo(value);
        int key = 2 + round;
        assertThat(attached.get("call", "quick", key)).isEqualTo(here.call("quick", key));
        Peer newcomer = Peer.open(path, Times.DEFAULT);
        later.add(newcomer);
        Openings.await("it has joined", () -> newcomer.get("role").equals("follows"));
        assertThat(newcomer.get("call", "quick", 1)).isEqualTo(value);
        assertThat(path.resolve("s").resolve(String.valueOf(owner().socket()))).exists();
      }
      Peer.Asked joined = later.get(0).ask("call", "f", 1);
      attached.get("open", "f", 1);
      assertThat(joined.value()).isEqualTo(slow.value());
      assertThat(later.get(0).computations("f", 1)).isZero();
      assertThat(attached.get("role")).isEqualTo("follows");
      assertThat(attached.get("misses", "NO_PRIMARY")).isEqualTo("0");
      assertThat(attached.mentions("WARN")).as("what the attached one noticed").isEmpty();
      assertThat(((Member) primary.primary()).role()).as("the primary stays").isSameAs(before);
      later.forEach(Peer::leave);
      attached.leave();
    } finally {
      later.forEach(Peer::close);
    }
    assertThat(Openings.names(path.resolve("s"))).isEmpty();
  }

  @Test
  @DisplayName(
      "P4, P1: a socket that others could not be told of is made known as soon as possible")
  void theSocketCannotBePublished() throws IOException {
    Path obstacle = path.resolve("owner.new"); // where the file is written before it is renamed
    try (CapturedLog log = CapturedLog.of("dev.memo.process");
        OpenDirectory primary = Openings.open(path, Times.DEFAULT)) {
      Files.createDirectory(obstacle);
      delete(false);
      Openings.await("it is said", () -> !log.warnings().isEmpty());
      assertThat(log.warnings()).hasSize(1).first().asString().contains("cannot be opened");
      assertThat(path.resolve("s").resolve(String.valueOf(owner().socket())))
          .as("what newcomers look for")
          .doesNotExist();
      Files.delete(obstacle);
      try (OpenDirectory newcomer = Openings.open(path, Times.DEFAULT)) {
        Openings.awaitRole(newcomer, "follows");
        assertThat(GatedFunctions.of(newcomer).call("quick", 1))
            .isEqualTo(GatedFunctions.of(primary).call("quick", 1));
      }
    }
  }
}
