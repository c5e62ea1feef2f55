package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import com.google.testing.compile.JavaFileObjects;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;

/**
 * Writes classes of cached methods whose signatures are drawn at random: generics, exceptions,
 * nulls, nesting, variable arity, overloads; static methods and those of objects. Each body
 * computes its result from its arguments and the {@code id} of its object.
 */
final class SignatureSource {
  static final String PACKAGE = "com.acme.many";

  private static final List<String> SIMPLE =
      List.of(
          "String",
          "Integer",
          "Long",
          "Double",
          "Boolean",
          "Character",
          "Place",
          "Color",
          "UUID",
          "LocalDate",
          "BigDecimal",
          "Signatures.Inner.Leaf");
  private static final List<String> PRIMITIVE =
      List.of("boolean", "byte", "char", "short", "int", "long", "float", "double");
  private static final Map<String, String> BOXES =
      Map.of(
          "boolean", "Boolean",
          "byte", "Byte",
          "char", "Character",
          "short", "Short",
          "int", "Integer",
          "long", "Long",
          "float", "Float",
          "double", "Double");
  private static final List<String> OPEN =
      List.of(
          "Object",
          "Number",
          "Comparable<String>",
          "List<?>",
          "Collection<? extends Place>",
          "Map<? super String, ? extends Number>");
  private static final List<String> THROWN =
      List.of(
          "",
          "",
          "IOException",
          "FileNotFoundException, IOException",
          "IOException, TimeoutException",
          "IllegalStateException",
          "Exception");

  private static final String SAFE_VARARGS =
      """
        @SafeVarargs
        @SuppressWarnings("varargs")
      """;

  private static final String SUPPRESSED =
      """
        @SuppressWarnings("unchecked")
      """;

  private final Random random;
  private int classes;

  SignatureSource(long seed) {
    this.random = new Random(seed);
  }

  /** The types that signatures name. */
  static List<JavaFileObject> support() {
    return List.of(
        type("Place", "record Place(String name, double latitude) {}"),
        type("Color", "enum Color { RED, GREEN, BLUE }"),
        type("Pair", "record Pair<A, B>(A first, B second) {}"),
        type(
            "Signatures",
            "final class Signatures { static final class Inner { record Leaf(int x) {} } }"));
  }

  private static JavaFileObject type(String name, String declaration) {
    return JavaFileObjects.forSourceLines(
        PACKAGE + "." + name, "package " + PACKAGE + ";", declaration);
  }

  /** What has the methods, and what is nested in it and has others. */
  private enum Kind {
    STATIC("final class %1$s { private %1$s() {}", "interface Nested {", "static", "static"),
    OPEN(
        """
        class %1$s {
          @CacheIdentity private final String id;
          public %1$s(String id) { this.id = id; }
          String id() { return id; }
        """,
        """
        interface Nested {
          @CacheIdentity String id();
          record Implementation(String id) implements Nested {}
        """,
        "",
        "default"),
    RECORD(
        "record %1$s(String id) {",
        "enum Nested { ONE, TWO; String id() { return name(); }", "", "final");

    final String outer;
    final String nested;
    final String modifier;
    final String nestedModifier;

    Kind(String outer, String nested, String modifier, String nestedModifier) {
      this.outer = outer;
      this.nested = nested;
      this.modifier = modifier;
      this.nestedModifier = nestedModifier;
    }
  }

  /** A class with cached methods, half of them in a nested type. */
  JavaFileObject next(int methods) {
    Kind kind = Kind.values()[classes % Kind.values().length];
    String name = "Many" + classes++;
    return JavaFileObjects.forSourceString(
        PACKAGE + "." + name,
        """
        package %s;

        import dev.memo.annotation.*;
        import dev.memo.codec.TypeRef;
        import dev.memo.processor.Values;
        import java.io.*;
        import java.math.BigDecimal;
        import java.time.LocalDate;
        import java.util.*;
        import java.util.concurrent.*;
        import org.jspecify.annotations.*;

        @NullMarked
        public %s

        %s
          %s
        %s
          }
        }
        """
            .formatted(
                PACKAGE,
                kind.outer.formatted(name),
                methods(methods / 2, kind.modifier),
                kind.nested,
                methods(methods - methods / 2, kind.nestedModifier)));
  }

  private String methods(int count, String modifier) {
    Set<String> taken = new HashSet<>();
    List<String> methods = new ArrayList<>();
    while (methods.size() < count) {
      List<String> types = Stream.generate(this::argument).limit(random.nextInt(5)).toList();
      boolean varargs = !types.isEmpty() && random.nextInt(4) == 0;
      String name = "m" + random.nextInt(count);
      if (taken.add(name + erased(types, varargs))) {
        boolean isOverload = !taken.add(name);
        String handle = isOverload ? ", handle = \"H_" + methods.size() + "\"" : "";
        methods.add(method(name, handle, types, varargs, modifier));
      }
    }
    return String.join("\n", methods);
  }

  private String method(
      String name, String handle, List<String> types, boolean varargs, String modifier) {
    String result = random.nextInt(3) == 0 ? pick(PRIMITIVE) : sometimesNull(data(2));
    String thrown = pick(THROWN);
    String values =
        Stream.concat(
                modifier.equals("static") ? Stream.empty() : Stream.of("id()"),
                IntStream.range(0, types.size()).mapToObj(i -> "a" + i))
            .collect(joining(", ", "new Object[] {", "}"));
    boolean pollutes = varargs && isHeapPolluting(types.get(types.size() - 1));
    boolean isSafe = pollutes && !modifier.equals("default");
    return """
        %s  @Cached(value = "many.memo"%s)
          %s %s %s %s(%s)%s {
            %sreturn Values.of(new TypeRef<%s>() {}, %s);
          }
        """
        .formatted(
            isSafe ? SAFE_VARARGS : pollutes ? SUPPRESSED : "",
            handle,
            random.nextBoolean() ? "public" : "",
            isSafe && modifier.isEmpty() ? "final" : modifier,
            result,
            name,
            parameters(types, varargs),
            thrown.isEmpty() ? "" : " throws " + thrown,
            thrown.isEmpty()
                ? ""
                : "if (Values.areUnlucky(%s)) throw new %s(\"%s\"); "
                    .formatted(values, thrown.replaceFirst(",.*", ""), name),
            PRIMITIVE.contains(result) ? BOXES.get(result) : result,
            values);
  }

  private String argument() {
    return switch (random.nextInt(5)) {
      case 0 -> pick(PRIMITIVE);
      case 1 -> pick(OPEN);
      case 2 -> pick(PRIMITIVE) + "[]";
      default -> sometimesNull(data(2));
    };
  }

  /** A type of arguments and results. */
  private String data(int depth) {
    return switch (depth == 0 ? 9 : random.nextInt(10)) {
      case 0 -> "List<" + data(depth - 1) + ">";
      case 1 -> "Set<" + pick(SIMPLE) + ">";
      case 2 -> "Map<String, " + data(depth - 1) + ">";
      case 3 -> "Optional<" + data(depth - 1) + ">";
      case 4 -> "Pair<" + data(depth - 1) + ", " + data(depth - 1) + ">";
      default -> pick(SIMPLE);
    };
  }

  private String sometimesNull(String type) {
    return random.nextInt(3) > 0 || type.contains(".") ? type : "@Nullable " + type;
  }

  private String pick(List<String> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String parameters(List<String> types, boolean varargs) {
    return IntStream.range(0, types.size())
        .mapToObj(i -> types.get(i) + (varargs && i == types.size() - 1 ? "... a" : " a") + i)
        .collect(joining(", "));
  }

  private static boolean isHeapPolluting(String elementType) {
    return elementType.contains("<") && !elementType.contains("<?>");
  }

  private static String erased(List<String> types, boolean varargs) {
    return types.stream()
        .map(type -> type.replaceAll("<.*>|@Nullable ", ""))
        .collect(joining(",", "(", varargs ? "[])" : ")"));
  }
}
