package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.value.StoredValues.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Entries of years ago are still read. A line of the file of stored values is never changed or
 * removed; new kinds are added at the end, as {@link StoredValues#main} prints them.
 */
class StoredValuesTest {

  @Test
  @DisplayName("P2: a stored value of every kind is read as it was written")
  void storedValuesAreStillRead() throws Exception {
    Map<String, Kind> kinds = StoredValues.all();
    for (Map.Entry<String, String> line : stored().entrySet()) {
      Kind kind = Objects.requireNonNull(kinds.get(line.getKey()), line.getKey());
      assertThat(described(kind.decode(line.getValue())))
          .as(line.getKey())
          .isEqualTo(described(kind.value()));
    }
  }

  @Test
  @DisplayName("P2: what is written does not change unnoticed, and every kind is in the file")
  void writtenValuesAreThoseOfTheFile() throws Exception {
    Map<String, String> written = new LinkedHashMap<>();
    StoredValues.all().forEach((name, kind) -> written.put(name, kind.encode()));
    assertThat(written).containsExactlyEntriesOf(stored());
  }

  @Test
  void everyCodecAndEveryClassOfTheJdkIsInTheFile() throws Exception {
    Map<String, String> stored = stored();
    for (Class<?> codec : ValueCodec.class.getPermittedSubclasses()) {
      assertThat(stored.keySet()).anyMatch(name -> name.startsWith(codec.getSimpleName()));
    }
    int[] ids =
        StoredValues.all().entrySet().stream()
            .filter(kind -> kind.getKey().startsWith("GraphCodec, class "))
            .filter(kind -> !kind.getKey().endsWith("with fields"))
            .mapToInt(kind -> StoredValues.elementId(kind.getValue()))
            .toArray();
    assertThat(ids)
        .containsExactlyInAnyOrder(
            IntStream.rangeClosed(0, 127).filter(StoredValuesTest::isKnown).toArray());
  }

  private static boolean isKnown(int id) {
    try {
      return JdkForms.byId(id).getId() == id;
    } catch (IllegalArgumentException unknown) {
      return false;
    }
  }

  /** Many have no equals: class and content, of the only element where it is in a list. */
  private static String described(@Nullable Object value) {
    Object shown = value instanceof List<?> list && list.size() == 1 ? list.get(0) : value;
    String content = Arrays.deepToString(new @Nullable Object[] {shown});
    return shown == null ? content : shown.getClass().getName() + " " + content;
  }

  private static Map<String, String> stored() throws IOException {
    Map<String, String> stored = new LinkedHashMap<>();
    try (InputStream in =
        StoredValuesTest.class.getResourceAsStream("/stored/values-format-1.txt")) {
      new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .forEach(
              line -> {
                int at = line.lastIndexOf(" = ");
                stored.put(line.substring(0, at), line.substring(at + 3));
              });
    }
    return stored;
  }
}
