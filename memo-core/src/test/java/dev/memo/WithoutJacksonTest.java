package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jackson is optional: memo runs without it, as long as nobody asks for JSON. */
class WithoutJacksonTest {

  @Test
  void memoRunsWithoutJackson(@TempDir Path folder) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.contains("jackson"))
            .collect(Collectors.joining(File.pathSeparator));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Program.class.getName(),
                folder.resolve("plain.memo").toString())
            .redirectErrorStream(true)
            .start();
    try (InputStream out = child.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(child.waitFor()).as(said).isZero();
      assertThat(said).contains("[never, pay, twice] stored, no JSON");
    } finally {
      child.destroyForcibly();
    }
  }

  /** Caches a call, reads it back, and asks for JSON. */
  static final class Program {
    private Program() {}

    static String json(String text) {
      return text;
    }

    public static void main(String[] args) {
      assertThatThrownBy(() -> Class.forName("com.fasterxml.jackson.databind.ObjectMapper"))
          .isInstanceOf(ClassNotFoundException.class);
      try (Memo memo = Memo.open(Path.of(args[0]))) {
        CachedFunction<String, List<String>, RuntimeException> words =
            memo.function(
                "words",
                "1",
                String.class,
                new TypeRef<List<String>>() {},
                text -> List.of(text.split(" ", -1)));
        assertThat(words.call("never pay twice")).isEqualTo(words.call("never pay twice"));
        assertThat(words.stats().computations()).isEqualTo(1);
        assertThatThrownBy(() -> new JsonCodec<>(TypeRef.of(String.class)))
            .isInstanceOf(NoClassDefFoundError.class)
            .hasMessageContaining("com/fasterxml/jackson");
        assertThatThrownBy(
                () ->
                    CachedMethod.in("json.memo", Program.class, "json", String.class)
                        .codec(JsonCodec.class)
                        .calls(Program::json)
                        .call("x"))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("add its library")
            .hasMessageContaining("jackson-databind");
        System.out.println(words.peek("never pay twice").value() + " stored, no JSON");
      }
    }
  }
}
