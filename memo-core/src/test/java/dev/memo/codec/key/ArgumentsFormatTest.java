package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.KeyEncoder;
import dev.memo.failure.UncacheableArgumentException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsFormatTest {
  private static final ArgumentsFormat<@Nullable Object> ANY = ArgumentsFormat.ofOne(Object.class);

  private record Point(int x, int y) {}

  private record Named(String name, List<Object> items) {}

  private record OwnEquals(String text) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OwnEquals that && text.equalsIgnoreCase(that.text);
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  private record Node(int number, @Nullable Node next) {}

  private record Line(Point from, Point to) {}

  private enum WithBody {
    PLAIN,
    BODY {
      @Override
      public String toString() {
        return "other";
      }
    }
  }

  @SuppressWarnings("NullAway") // it does not see that the format takes null
  private static byte[] bytes(@Nullable Object value) {
    return ANY.encode(value);
  }

  private static void assertAlike(Object... values) {
    for (Object value : values) {
      assertThat(bytes(value)).as("%s", value).isEqualTo(bytes(values[0]));
    }
  }

  private static void assertAllDiffer(@Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(bytes(values[i]))
            .as("%s and %s", values[i], values[j])
            .isNotEqualTo(bytes(values[j]));
      }
    }
  }

  @Test
  @DisplayName("P2: all lists of equal elements are one argument")
  void listsAreAlike() {
    assertAlike(
        List.of(1, 2),
        Arrays.asList(1, 2),
        new ArrayList<>(List.of(1, 2)),
        List.of(1, 2, 3).subList(0, 2),
        Stream.of(1, 2).toList());
  }

  @Test
  @DisplayName("P2: all maps of equal pairs are one argument, whatever their order")
  void mapsAreAlike() {
    Map<String, Integer> backwards = new LinkedHashMap<>();
    backwards.put("b", 2);
    backwards.put("a", 1);
    assertAlike(
        Map.of("a", 1, "b", 2), backwards, new TreeMap<>(backwards), new HashMap<>(backwards));
  }

  @Test
  @DisplayName("P2: neighbours are different arguments")
  void neighboursDiffer() {
    assertAllDiffer(
        null,
        "null",
        "",
        "1",
        1,
        1L,
        (short) 1,
        (byte) 1,
        '1',
        1.0,
        1.0f,
        true,
        false,
        BigInteger.ONE,
        BigDecimal.ONE,
        new BigDecimal("1.0"),
        List.of(),
        List.of(1),
        List.of(1, 1),
        List.of(List.of(1)),
        Set.of(),
        Set.of(1),
        Map.of(),
        Map.of(1, 1),
        Optional.empty(),
        Optional.of(1),
        new int[] {1},
        new Integer[] {1},
        new Object[] {1},
        new Number[] {1},
        new int[][] {{1}},
        new byte[] {1},
        new long[] {1},
        new String[] {"1"},
        new Object[] {"1"},
        List.of("a", "bc"),
        List.of("ab", "c"),
        new Point(1, 2),
        new Point(2, 1),
        WithBody.PLAIN,
        WithBody.BODY,
        "PLAIN",
        Integer.class,
        int.class,
        "int",
        URI.create("a"),
        Path.of("a"));
    assertAllDiffer(0.0, -0.0, 0.0f, -0.0f, Double.NaN, Double.MIN_VALUE);
    assertAllDiffer("\ud800", "\udc00", "?", "\ufffd", "\ud800\udc00", "\udc00\ud800");
  }

  @Test
  void namesOfParametersDoNotCount() {
    record A(int x, String y) {}
    record B(int renamed, String too) {}
    assertThat(ArgumentsFormat.ofComponents(A.class).encode(new A(1, "2")))
        .isEqualTo(ArgumentsFormat.ofComponents(B.class).encode(new B(1, "2")));
  }

  @Test
  void everyNanIsTheSame() {
    assertThat(bytes(Double.longBitsToDouble(0x7ff8000000000001L))).isEqualTo(bytes(Double.NaN));
    assertThat(bytes(new float[] {Float.intBitsToFloat(0x7fc00001)}))
        .isEqualTo(bytes(new float[] {Float.NaN}));
  }

  @Test
  void equalUrisAreAlike() {
    assertAlike(
        URI.create("HTTP://user@Example.COM:80/a%2fb?q=%c3#f%aa"),
        URI.create("http://user@example.com:80/a%2Fb?q=%C3#f%AA"));
    assertAlike(URI.create("file:///x"), URI.create("file:/x"));
    assertAlike(URI.create("http://h:/x"), URI.create("http://h/x"));
    assertAlike(URI.create("MAILTO:a%40b"), URI.create("mailto:a%40b"));
    assertAllDiffer(
        URI.create("http://h/A"),
        URI.create("http://h/a"),
        URI.create("http://h/a?"),
        URI.create("http://h/a#"),
        URI.create("http://U@h/a"),
        URI.create("http://u@h/a"));
  }

  @Test
  @DisplayName("P2: a path that looks like an authority or a scheme is neither")
  void pathOfUriIsNotMistakenForAnotherPart() {
    URI folder = URI.create("http://h/a/");
    assertAllDiffer(
        URI.create("file:////server/share"),
        URI.create("file://server/share"),
        URI.create("file:/server/share"));
    assertAllDiffer(URI.create("////h:80/a"), URI.create("//h:80/a"));
    assertAllDiffer(
        folder.relativize(URI.create("http://h/a/b:c")),
        URI.create("b:c"),
        URI.create("./b:c"),
        folder.relativize(URI.create("http://h/a/:b:c")));
    assertAllDiffer(URI.create("http://a_b/x"), URI.create("http://c_d/x"), URI.create("http:/x"));
  }

  @Test
  void pathThatCannotBeReadIsRefused() {
    assertThatThrownBy(() -> bytes(Path.of("a\ufffd")))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("encoding of file names");
  }

  @Test
  void refusalNamesThePath() {
    Object owner = new Object();
    Named named = new Named("n", List.of(1, 2, 3, Map.of("k", Optional.of(owner))));
    ArgumentsFormat<Named> format = ArgumentsFormat.ofComponents(Named.class);
    assertThatThrownBy(() -> format.encode(named))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessage(
            "argument.items[3].values[0].get(): java.lang.Object has no canonical encoding; pass"
                + " something that has one, or register a KeyEncoder for the class");
  }

  @Test
  void onlyWhatIsListedHasAnEncoding() {
    @SuppressWarnings("StreamToIterable") // the trap itself
    Iterable<Integer> consuming = IntStream.range(0, 3).boxed()::iterator;
    assertRefused(consuming, "lambda");
    assertRefused(new ArrayDeque<>(List.of(1)), "is an Iterable");
    assertRefused(new BigDecimal("1") {}, "no canonical encoding");
    assertRefused(Thread.currentThread(), "no canonical encoding");
    assertRefused((Runnable) () -> {}, "lambda");
  }

  private static void assertRefused(Object value, String why) {
    assertThatThrownBy(() -> bytes(value))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void depthIsLimited() {
    Object nested = 1;
    for (int i = 0; i < CanonicalEncoder.MAX_DEPTH; i++) {
      nested = List.of(nested);
    }
    assertThat(bytes(nested)).isNotEmpty();
    assertRefused(List.of(List.of(nested)), "more than 256 levels");
  }

  @Test
  void brokenKeyEncoderIsRefusedByName(@TempDir Path folder) throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(KeyEncoder.class.getName()), "no.such.Encoder\n");
    String file = Point.class.getName().replace('.', '/') + ".class";
    Files.createDirectories(folder.resolve(file).getParent());
    try (InputStream code = ArgumentsFormatTest.class.getResourceAsStream("/" + file)) {
      Files.copy(Objects.requireNonNull(code), folder.resolve(file));
    }
    try (URLClassLoader loader = new OwnFirst(folder)) {
      Class<?> type = loader.loadClass(Point.class.getName());
      assertThat(type).isNotSameAs(Point.class);
      assertThatThrownBy(() -> ArgumentsFormat.ofOne(type))
          .isInstanceOf(UncacheableArgumentException.class)
          .hasMessageContaining("no.such.Encoder");
    }
  }

  /** Loads what is in its folder, even if the parent has it too. */
  private static final class OwnFirst extends URLClassLoader {
    OwnFirst(Path folder) throws IOException {
      super(new URL[] {folder.toUri().toURL()}, ArgumentsFormatTest.class.getClassLoader());
    }

    @Override
    public Class<?> loadClass(String name) throws ClassNotFoundException {
      return name.equals(Point.class.getName()) ? findClass(name) : super.loadClass(name);
    }
  }

  @Test
  void equalityIsPlainWhereTheTypeProvesIt() {
    assertThat(ArgumentsFormat.ofOne(String.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofOne(int.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofOne(UUID.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofOne(TimeUnit.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofOne(Point.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofComponents(Point.class).equalsLikeBytes()).isTrue();

    assertThat(ArgumentsFormat.ofOne(Line.class).equalsLikeBytes()).isTrue();

    assertThat(ArgumentsFormat.ofOne(Node.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofOne(OwnEquals.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofComponents(Named.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofOne(byte[].class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofOne(URI.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofOne(Object.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofOne(BigDecimal.class).equalsLikeBytes()).isFalse();
  }
}
