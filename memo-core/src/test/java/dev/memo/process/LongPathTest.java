package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory so deep that the path of its socket does not fit into an address. */
@Tag("heavy")
@Timeout(120)
final class LongPathTest {
  private static final Times SOON = Openings.SOON;

  private final Path folder;
  private final Path temporary;

  LongPathTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  private void assertNothingTemporary() {
    assertThat(Openings.names(temporary)).as("in the temporary folder").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"deep", "tief und übel", "深い"})
  @DisplayName("P1: processes share a directory however long its path is, and leave no link behind")
  void longPaths(String name) {
    Path path = folder;
    while (path.toString().getBytes(StandardCharsets.UTF_8).length < 300) {
      path = path.resolve(name);
    }
    Path directory = path.resolve("d");
    Consumer<ChildJvm.Builder> there =
        child ->
            child
                .option("-Djava.io.tmpdir=" + temporary)
                // file names are bytes to the system, and JDK 17 goes by the locale
                .option("-Dsun.jnu.encoding=UTF-8")
                .prefix("env", "LC_ALL=C.UTF-8");
    try (Peer first = Peer.open(directory, SOON, there);
        Peer second = Peer.open(directory, SOON, there)) {
      assertThat(first.get("role")).isEqualTo("leads");
      Openings.await("it follows", () -> second.get("role").equals("follows"));
      String value = first.get("call", "quick", 1);
      assertThat(second.get("call", "quick", 1)).isEqualTo(value);
      Peer.Asked slow = second.ask("call", "f", 1);
      second.await("computes f 1");
      assertNothingTemporary();
      first.kill();
      Openings.await("it takes over", () -> second.get("role").equals("leads"));
      try (Peer third = Peer.open(directory, SOON, there)) {
        Openings.await("it follows", () -> third.get("role").equals("follows"));
        assertThat(third.get("call", "quick", 1)).isEqualTo(value);
        Peer.Asked waiting = third.ask("call", "f", 1);
        second.get("open", "f", 1);
        assertThat(waiting.value()).isEqualTo(slow.value());
        assertThat(third.computations("f", 1)).isZero();
        third.leave();
      }
      second.leave();
      assertThat(List.of("s", "secondaries", "spool"))
          .allSatisfy(each -> assertThat(Openings.names(directory.resolve(each))).isEmpty());
    }
    assertNothingTemporary();
  }
}
