package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.GoldenArguments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of keys never change: entries of years ago are found by them. */
class GoldenKeysTest {

  @Test
  @DisplayName("P2: the bytes of every type are those of the golden file")
  void bytesAreThoseOfTheGoldenFile() throws IOException {
    assertThat(GoldenArguments.lines()).containsExactlyElementsOf(golden());
  }

  @Test
  void everyTagIsInTheGoldenFile() throws Exception {
    List<String> found =
        golden().stream()
            .map(line -> line.substring(line.lastIndexOf('=') + 2, line.lastIndexOf('=') + 4))
            .toList();
    for (var tag : KeyTag.class.getDeclaredFields()) {
      String hex = "%02x".formatted(tag.getInt(null));
      if (tag.getInt(null) != KeyTag.END) {
        assertThat(found).as(tag.getName()).contains(hex);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu -Dfile.encoding=ISO-8859-1",
        "-Duser.language=ar -Duser.timezone=America/St_Johns -Dfile.encoding=US-ASCII"
      })
  @DisplayName("P2: the bytes are the same in a JVM of another locale, time zone and charset")
  void bytesAreTheSameInAnotherJvm(String options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), GoldenArguments.class.getName()));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream out = child.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor()).as(text).isZero();
      assertThat(text.lines()).containsExactlyElementsOf(golden());
    } finally {
      child.destroyForcibly();
    }
  }

  private static List<String> golden() throws IOException {
    try (InputStream in = GoldenKeysTest.class.getResourceAsStream("/golden/keys/format-1.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }
}
