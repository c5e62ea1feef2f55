package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.GoldenArguments;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The bytes of keys never change: entries of years ago are found by them. */
class GoldenKeysTest {

  @Test
  @DisplayName("P2: the bytes of every type are those of the golden file")
  void bytesAreThoseOfTheGoldenFile() throws IOException {
    assertThat(GoldenArguments.lines()).containsExactlyElementsOf(golden());
  }

  @Test
  void everyTagIsInTheGoldenFile() throws Exception {
    List<String> found = golden().stream().map(line -> hex(line).substring(0, 2)).toList();
    for (var tag : KeyTag.class.getDeclaredFields()) {
      String hex = "%02x".formatted(tag.getInt(null));
      if (tag.getInt(null) != KeyTag.END) { // ends what a KeyEncoder wrote, never begins
        assertThat(found).as(tag.getName()).contains(hex);
      }
    }
  }

  @Test
  void everyComponentTypeOfArraysWithACodeOfItsOwnIsInTheGoldenFile() throws Exception {
    List<String> found = golden().stream().map(GoldenKeysTest::hex).toList();
    ArrayForms.COMPONENT_CODES.forEach(
        (component, code) ->
            assertThat(found)
                .as("%s[]", component.getName())
                .anySatisfy(hex -> assertThat(hex).startsWith("12%02x".formatted(code))));
  }

  private static String hex(String line) {
    return line.substring(line.lastIndexOf('=') + 2);
  }

  private static List<String> golden() throws IOException {
    try (InputStream in = GoldenKeysTest.class.getResourceAsStream("/golden/keys/format-1.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }
}
