package dev.memo.evolution;

import java.util.List;
import java.util.stream.Stream;

/** Results that are records or final classes: every value contains what changed. */
final class RecordChanges {
  private RecordChanges() {}

  static List<Change> all() {
    return Stream.of(records(), nested(), classes()).flatMap(List::stream).toList();
  }

  private static List<Change> records() {
    return List.of(
        Change.of("a component is added")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .program("record V(int a, int b) {} static V f(int n) { return new V(n, 7); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a component is removed")
            .program("record V(int a, int b) {} static V f(int n) { return new V(n, 7); }")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a component is renamed")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .program("record V(int b) {} static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an int becomes a long")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .program("record V(long a) {} static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an int becomes an Integer")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .program("record V(Integer a) {} static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a String becomes a list of them")
            .program("record V(String a) {} static V f(int n) { return new V(\"a\"); }")
            .program("record V(List<String> a) {} static V f(int n) { return new V(List.of()); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a type argument of a component changes")
            .program("record V(List<Integer> a) {} static V f(int n) { return new V(List.of(n)); }")
            .program(
                "record V(List<Long> a) {} static V f(int n) { return new V(List.of((long) n)); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("components of one type are swapped")
            .program("record V(int a, int b) {} static V f(int n) { return new V(n, 7); }")
            .program("record V(int b, int a) {} static V f(int n) { return new V(7, n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("components of different types are swapped")
            .program("record V(int a, String b) {} static V f(int n) { return new V(n, \"\"); }")
            .program("record V(String b, int a) {} static V f(int n) { return new V(\"\", n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("only a method is added")
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .program(
                "record V(int a) { int b() { return a; } } static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("the class moves to another package")
            .program(
                "static moved.from.V f(int n) { return new moved.from.V(n); }",
                "package moved.from; public record V(int a) {}")
            .program(
                "static moved.to.V f(int n) { return new moved.to.V(n); }",
                "package moved.to; public record V(int a) {}")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("null is the result whatever the type was")
            .program("record V(int a) {} static V f(int n) { return null; }")
            .program("record V(int a, int b) {} static V f(int n) { return null; }")
            .computes("3 ABSENT", "3 ABSENT"));
  }

  /** The changed record is part of a result of this type, made by this expression. */
  private record Container(String type, String value) {}

  static List<Change> nested() {
    String swapped = "swapped components of the record in ";
    return Stream.of(
            new Container("List<W>", "List.of(w)"),
            new Container("Set<W>", "Set.of(w)"),
            new Container("Map<String, W>", "Map.of(\"k\", w)"),
            new Container("Map<W, String>", "Map.of(w, \"v\")"),
            new Container("Optional<W>", "Optional.of(w)"),
            new Container("W[]", "new W[] {w}"),
            new Container("W[][]", "new W[][] {{}, {w}}"),
            new Container("Box<W>", "new Box<>(w)"),
            new Container("Box<List<W>>", "new Box<>(List.of(w))"))
        .map(
            in -> {
              String f =
                  "record Box<T>(T content) {} static "
                      + in.type
                      + " f(int n) { return of(w(n)); } static "
                      + in.type
                      + " of(W w) { return "
                      + in.value
                      + "; } ";
              return Change.of(swapped + in.type)
                  .program(
                      f + "record W(int a, int b) {} static W w(int n) { return new W(n, 7); }")
                  .program(
                      f + "record W(int b, int a) {} static W w(int n) { return new W(7, n); }")
                  .computes("3 ABSENT", "3 ABSENT");
            })
        .toList();
  }

  private static List<Change> classes() {
    String f = " static V f(int n) { V v = new V(); v.a = n; return v; }";
    return List.of(
        Change.of("a field is added")
            .program("static final class V { int a; }" + f)
            .program("static final class V { int a; int b; }" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a field is removed")
            .program("static final class V { int a; int b; }" + f)
            .program("static final class V { int a; }" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a field is renamed")
            .program("static final class V { int a; int b; }" + f)
            .program("static final class V { int a; int c; }" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a field is retyped")
            .program("static final class V { int a; }" + f)
            .program("static final class V { long a; }" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a field becomes transient")
            .program("static final class V { int a; int b; }" + f)
            .program("static final class V { int a; transient int b; }" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("fields change their order")
            .program("static final class V { int a; int b; }" + f)
            .program("static final class V { int b; int a; }" + f)
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("a field moves to a new superclass")
            .program("static final class V { int a; }" + f)
            .program("static class Base { int a; } static final class V extends Base {}" + f)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a superclass without fields is introduced")
            .program("static final class V { int a; }" + f)
            .program("static class Base {} static final class V extends Base { int a; }" + f)
            .computes("3 ABSENT", "3 SHAPES"),
        Change.of("the superclass gets another type argument")
            .program(
                "static class Base<T> { T t; } static final class V extends Base<Integer> {}"
                    + " static V f(int n) { V v = new V(); v.t = n; return v; }")
            .program(
                "static class Base<T> { T t; } static final class V extends Base<Long> {}"
                    + " static V f(int n) { V v = new V(); v.t = (long) n; return v; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a class becomes a record")
            .program("static final class V { int a; }" + f)
            .program("record V(int a) {} static V f(int n) { return new V(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a class without fields becomes a record")
            .program(
                "static final class V { public boolean equals(Object o) { return o instanceof V; }"
                    + " public int hashCode() { return 1; } }"
                    + " static V f(int n) { return new V(); }")
            .program("record V() {} static V f(int n) { return new V(); }")
            .computes("3 ABSENT", "3 SHAPES"));
  }
}
