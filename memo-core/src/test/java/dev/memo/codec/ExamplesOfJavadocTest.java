package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples in the Javadoc of {@link Codec} and {@link KeyEncoder} are classes that work. */
class ExamplesOfJavadocTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("<pre>\\{@code\\R(.*?)\\R \\* \\}</pre>", Pattern.DOTALL);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"Codec, AddressCodec", "KeyEncoder, IsbnEncoder"})
  void exampleIsTheTextOfAClassOfThisTest(String documented, String example) throws IOException {
    Matcher javadoc = EXAMPLE.matcher(source("main", documented));
    assertThat(javadoc.find()).as("an example in the Javadoc of " + documented).isTrue();
    String shown = javadoc.group(1).replaceAll("(?m)^ \\* ?", "");
    String tested = source("test", example);
    assertThat(shown).isEqualTo(tested.substring(tested.indexOf("public final class")).strip());
  }

  private static String source(String root, String type) throws IOException {
    Path sources = Path.of(System.getProperty("basedir", "."), "src", root, "java");
    return Files.readString(sources.resolve("dev/memo/codec/" + type + ".java"));
  }

  @Test
  void codecStoresWhatMemoDoesNot() throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    AtomicInteger runs = new AtomicInteger();
    for (int run = 0; run < 2; run++) {
      try (Memo memo = Memo.open(folder.resolve("examples.memo"))) {
        CachedFunction<String, InetAddress, RuntimeException> resolve =
            memo.function("resolve", "1", TypeRef.of(String.class), TypeRef.of(InetAddress.class))
                .codec(new AddressCodec())
                .capturesNothing()
                .calls(
                    name -> {
                      runs.incrementAndGet();
                      return address;
                    });
        assertThat(resolve.call("printer")).isEqualTo(address);
      }
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void keyEncoderSaysWhatIsTheSame() {
    AtomicInteger runs = new AtomicInteger();
    try (Memo memo = Memo.open(folder.resolve("examples.memo"))) {
      CachedFunction<Isbn, Integer, RuntimeException> pages =
          memo.function("pages", "1", TypeRef.of(Isbn.class), TypeRef.of(Integer.class))
              .capturesNothing()
              .calls(isbn -> runs.incrementAndGet());
      assertThat(pages.call(new Isbn("0-13-468599-7"))).isEqualTo(1);
      assertThat(pages.call(new Isbn("0134685997"))).isEqualTo(1);
      assertThat(pages.call(new Isbn("0134685998"))).isEqualTo(2);
    }
  }
}
