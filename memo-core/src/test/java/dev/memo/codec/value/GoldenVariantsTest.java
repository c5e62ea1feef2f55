package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Variants of every kind of type, frozen: where one changes, all entries of such types are lost,
 * without a word. A line of the file is never changed or removed.
 */
@SuppressWarnings({"unused", "ArrayRecordComponent"}) // the types are here to be looked at
class GoldenVariantsTest {
  enum Color {
    RED,
    GREEN {}
  }

  record Point(int x, long y) {}

  record Named<T>(String name, T[] values, List<? extends T> more) {}

  record Narrow<T extends Point>(T point, Optional<Color> color) {}

  sealed interface Shape permits Dot, Group {}

  record Dot(Point at) implements Shape {}

  record Group(List<Shape> shapes, Map<Color, int[][]> colors) implements Shape {}

  static class Base<T> {
    protected T held;
    private int counted;
  }

  static final class Fields extends Base<Point> {
    private String text;
    private transient int scratch;
    private static int shared;
  }

  static final class Outer<T> {
    final class Inner {
      T held;
    }
  }

  interface Open {}

  record Known(int number) implements Open {}

  record Linked(int number, Linked next) {}

  private final List<String> lines = new ArrayList<>();

  private void own(String name, TypeRef<?> type, Class<?>... types) {
    add(name, ResultFormat.of(type.type(), List.of(types)));
  }

  private <T> void json(String name, TypeRef<T> type) {
    add("JSON of " + name, ResultFormat.of(type.type(), new JsonCodec<>(type)));
  }

  private void add(String name, ResultFormat<?> format) {
    HexFormat hex = HexFormat.of();
    lines.add(
        name
            + " | "
            + hex.toHexDigits(format.variant())
            + " | "
            + hex.toHexDigits(format.secondVariant()));
  }

  @Test
  @DisplayName("P2: the variants of every kind of type stay what they were")
  void variantsStayWhatTheyWere() throws Exception {
    own("int", TypeRef.of(int.class));
    own("String", TypeRef.of(String.class));
    own("long[]", TypeRef.of(long[].class));
    own("List<Map<String, byte[]>>", new TypeRef<List<Map<String, byte[]>>>() {});
    own("DayOfWeek", TypeRef.of(DayOfWeek.class));
    own("enum Color", TypeRef.of(Color.class));
    own("record Point", TypeRef.of(Point.class));
    own("Point[]", TypeRef.of(Point[].class));
    own("record Named<Point>", new TypeRef<Named<Point>>() {});
    own("record Named<Integer>", new TypeRef<Named<Integer>>() {});
    own("record Narrow<Point>", new TypeRef<Narrow<Point>>() {});
    own("sealed Shape", TypeRef.of(Shape.class));
    own("List<? extends Shape>", new TypeRef<List<? extends Shape>>() {});
    own("class Fields", TypeRef.of(Fields.class));
    own("record Linked", TypeRef.of(Linked.class));
    own("Open, with Known", TypeRef.of(Open.class), Known.class);
    json("Map<String, Object>", new TypeRef<Map<String, Object>>() {});
    json("enum Color", TypeRef.of(Color.class));
    json("record Point", TypeRef.of(Point.class));
    json("record Named<Point>", new TypeRef<Named<Point>>() {});
    json("record Narrow<Point>", new TypeRef<Narrow<Point>>() {});
    json("sealed Shape", TypeRef.of(Shape.class));
    json("class Fields", TypeRef.of(Fields.class));
    json("Outer<Point>.Inner", new TypeRef<Outer<Point>.Inner>() {});
    json("interface Open", TypeRef.of(Open.class));
    try (InputStream in = getClass().getResourceAsStream("/golden/variants/format-1.txt")) {
      assertThat(String.join("\n", lines) + "\n")
          .isEqualTo(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
