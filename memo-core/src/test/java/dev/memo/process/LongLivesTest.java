package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.ChildJvm;
import dev.memo.store.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What gathers in a process that lives long, and on a machine where many have lived. */
@Tag("heavy")
@Timeout(240)
final class LongLivesTest {
  private static final int TIMES = "soak".equals(System.getProperty("memo.test.size")) ? 50 : 15;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path path;

  LongLivesTest(@TempDir Path folder) {
    this.folder = folder;
    this.path = folder.resolve("d");
  }

  private void openBesideAPrimary(int key) {
    try (OpenDirectory directory = Openings.open(path, Openings.SOON)) {
      Openings.awaitRole(directory, "follows");
      assertThat(GatedFunctions.of(directory).call("quick", key)).isNotNull();
    }
  }

  @Test
  @DisplayName("many openings beside a primary leave no descriptor, mapping or thread")
  void openings() {
    try (Peer primary = Peer.open(path, Openings.SOON)) {
      openBesideAPrimary(0); // what a JVM makes once
      Footprint before = Footprint.now();
      for (int i = 1; i <= TIMES; i++) {
        openBesideAPrimary(i);
      }
      assertThat(Footprint.keptSince(before, PATIENCE)).isEmpty();
      assertThat(primary.get("role")).isEqualTo("leads");
      Openings.await("all have left", () -> content("secondaries").size() == 1);
    }
  }

  private List<String> content(String name) {
    return Openings.names(path.resolve(name));
  }

  /** Ends the connection, and waits for the next one. */
  private static void reconnect(OpenDirectory member) {
    Role.Following before = (Role.Following) ((Member) member.primary()).role();
    before.primary().close();
    Openings.await(
        "there is another connection",
        () -> {
          Role now = ((Member) member.primary()).role();
          return now instanceof Role.Following && now != before;
        });
  }

  @Test
  @DisplayName("many reconnections leave no descriptor, mapping or thread on either side")
  void reconnections() {
    try (OpenDirectory primary = Openings.open(path, Openings.SOON);
        OpenDirectory member = Openings.open(path, Openings.SOON)) {
      assertThat(Openings.role(primary)).isEqualTo("leads");
      GatedFunctions here = GatedFunctions.of(member);
      reconnect(member);
      String first = here.call("quick", 0);
      Footprint before = nowWithoutNumbers();
      for (int i = 1; i <= TIMES; i++) {
        reconnect(member);
        assertThat(here.call("quick", i)).isNotNull();
      }
      Openings.await(
          "all is given back",
          () -> {
            System.gc(); // mappings live until they are collected
            return nowWithoutNumbers().grownSince(before).isEmpty();
          });
      assertThat(here.call("quick", 0)).isEqualTo(first);
      assertThat(here.stats().spooled()).isZero();
      assertThat(content("secondaries")).hasSize(2);
    }
  }

  /** The sockets are others each time, of which only the number counts. */
  private static Footprint nowWithoutNumbers() {
    Map<String, Long> counts = new TreeMap<>();
    Footprint.now()
        .counts()
        .forEach((name, count) -> counts.merge(name.replaceAll("\\[.*]", ""), count, Long::sum));
    return new Footprint(counts);
  }

  @Test
  @DisplayName("twin: a connection that nobody closes is seen")
  void twinOfFootprints() {
    try (OpenDirectory primary = Openings.open(path, Openings.SOON);
        OpenDirectory member = Openings.open(path, Openings.SOON)) {
      Openings.awaitRole(member, "follows");
      assertThat(Openings.role(primary)).isEqualTo("leads");
      Footprint before = Footprint.now();
      try (OpenDirectory kept = Openings.open(path, Openings.SOON)) {
        Openings.awaitRole(kept, "follows");
        assertThat(Footprint.now().grownSince(before).keySet())
            .anyMatch(name -> name.startsWith("descriptor socket"))
            .anyMatch(name -> name.startsWith("thread memo"));
      }
    }
  }

  @Test
  @DisplayName("however many processes start and are killed, one native library is unpacked")
  void oneLibrary() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path libraries = folder.resolve("native");
    Consumer<ChildJvm.Builder> there =
        child ->
            child.option("-Djava.io.tmpdir=" + temporary).option("-Dmemo.native.dir=" + libraries);
    // when one is killed: at once, while it unpacks, when it is a member, when it has opened
    List<Predicate<Peer>> moments =
        List.of(
            peer -> true,
            peer -> Files.exists(libraries),
            peer -> !content("secondaries").isEmpty(),
            peer -> peer.hasSaid("opened"));
    for (int round = 0; round < moments.size(); round++) {
      Predicate<Peer> moment = moments.get(round);
      List<Peer> peers = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          peers.add(Peer.start(path, Openings.SOON, there));
        }
        Peer first = peers.get(0);
        Openings.await("it is so far", () -> moment.test(first));
        first.kill();
        peers.subList(1, 4).forEach(peer -> peer.await("opened"));
        peers.get(1).kill();
        assertThat(peers.get(2).get("call", "quick", round)).isNotNull();
        peers.get(2).leave();
        peers.get(3).leave();
      } finally {
        peers.forEach(Peer::close);
      }
    }
    assertThat(Openings.names(temporary)).isEmpty();
    List<String> versions = Openings.names(libraries);
    assertThat(versions).as("versions").hasSize(1);
    List<String> files = new ArrayList<>(Openings.names(libraries.resolve(versions.get(0))));
    files.remove("lock");
    assertThat(files).hasSize(1);
    assertThat(files.get(0)).startsWith("librocksdbjni");
    assertLoadedFrom(libraries.resolve(versions.get(0)).resolve(files.get(0)), there);
  }

  private void assertLoadedFrom(Path library, Consumer<ChildJvm.Builder> there) throws IOException {
    try (Peer last = Peer.open(path, Openings.SOON, there)) {
      List<String> loaded =
          Files.readAllLines(Path.of("/proc/" + last.pid() + "/maps")).stream()
              .filter(line -> line.contains("librocksdb"))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .toList();
      assertThat(loaded).containsExactly(library.toRealPath().toString());
    }
  }
}
