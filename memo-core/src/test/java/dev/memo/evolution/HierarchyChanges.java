package dev.memo.evolution;

import java.util.List;
import java.util.stream.Stream;

/** Results with enums and subtypes: only some values contain what changed, the others still hit. */
final class HierarchyChanges {
  private HierarchyChanges() {}

  static List<Change> all() {
    return Stream.of(enums(), permitted(), shapes(), nested(), named(), thirds())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Change> enums() {
    String abc = " static V f(int n) { return n == 0 ? V.A : n == 1 ? V.B : V.C; }";
    String ab = " static V f(int n) { return n == 1 ? V.B : V.A; }";
    return List.of(
        Change.of("a constant is added")
            .program("enum V {A, B}" + ab + " static List<?> inputs() { return List.of(0, 1); }")
            .program("enum V {C, A, B}" + abc)
            .computes("2 ABSENT", "1 ABSENT"),
        Change.of("a constant is removed")
            .program("enum V {C, A, B}" + abc)
            .program("enum V {A, B}" + ab)
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("constants change their order")
            .program("enum V {A, B, C}" + abc)
            .program("enum V {C, B, A}" + abc)
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("a constant is renamed")
            .program("enum V {A, B, C}" + abc)
            .program("enum V {A, B, D}" + abc.replace("V.C", "V.D"))
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a constant gets a body")
            .program("enum V {A, B, C}" + abc)
            .program("enum V {A, B, C { public String toString() { return \"c\"; } }}" + abc)
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("a constant is removed from the enum of an EnumSet")
            .program(
                "enum V {A, B, C} static Set<V> f(int n) {"
                    + " return n == 0 ? EnumSet.noneOf(V.class) : n == 1 ? EnumSet.of(V.B)"
                    + " : EnumSet.allOf(V.class); }")
            .program(
                "enum V {A, B} static Set<V> f(int n) {"
                    + " return n == 0 ? EnumSet.noneOf(V.class) : n == 1 ? EnumSet.of(V.B)"
                    + " : EnumSet.allOf(V.class); }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a constant is removed from the keys of an EnumMap")
            .program(
                "enum V {A, B} static Map<V, Integer> f(int n) {"
                    + " return new EnumMap<>(Map.of(n == 0 ? V.A : V.B, n)); }")
            .program(
                "enum V {A} static Map<V, Integer> f(int n) {"
                    + " return new EnumMap<>(Map.of(V.A, n)); }")
            .computes("3 ABSENT", "2 SHAPES"),
        Change.of("an enum becomes a class with constants")
            .program("enum V {A, B, C}" + abc)
            .program(
                "record V(int v) { static final V A = new V(1), B = new V(2), C = new V(3); }"
                    + abc)
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an enum becomes a sealed interface")
            .program("enum V {A} static V f(int n) { return V.A; }")
            .program(
                "sealed interface V permits A {} record A() implements V {}"
                    + " static V f(int n) { return new A(); }")
            .computes("3 ABSENT", "3 SHAPES"));
  }

  private static final String X = " record X(int x) implements V {}";
  private static final String Y = " record Y(int y) implements V {}";
  private static final String Z = " record Z(int z) implements V {}";
  private static final String XYZ =
      " static V f(int n) { return n == 0 ? new X(n) : n == 1 ? new Y(n) : new Z(n); }";
  private static final String XY = " static V f(int n) { return n == 1 ? new Y(n) : new X(n); }";

  private static List<Change> permitted() {
    return List.of(
        Change.of("a subtype is added")
            .program(
                "sealed interface V permits X, Y {}"
                    + (X + Y + XY)
                    + " static List<?> inputs() { return List.of(0, 1); }")
            .program("sealed interface V permits X, Y, Z {}" + X + Y + Z + XYZ)
            .computes("2 ABSENT", "1 ABSENT"),
        Change.of("a subtype is removed")
            .program("sealed interface V permits X, Y, Z {}" + X + Y + Z + XYZ)
            .program("sealed interface V permits X, Y {}" + X + Y + XY)
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a subtype is renamed")
            .program("sealed interface V permits X, Y, Z {}" + X + Y + Z + XYZ)
            .program(
                "sealed interface V permits X, Y, W {}"
                    + X
                    + Y
                    + Z.replace("Z", "W")
                    + XYZ.replace("Z", "W"))
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a subtype moves to another class")
            .program("sealed interface V permits X, Y, Z {}" + X + Y + Z + XYZ)
            .program(
                "sealed interface V permits X, Y, Other.Z {} interface Other {"
                    + Z
                    + "}"
                    + X
                    + Y
                    + XYZ.replace("Z", "Other.Z"))
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("the constructor of a subtype begins to refuse what is stored")
            .program(
                "sealed interface V permits X, Y {}"
                    + (X + Y)
                    + " static V f(int n) { return n == 0 ? new Y(n) : new X(n - 2); }")
            .program(
                "sealed interface V permits X, Y {}"
                    + Y
                    + " record X(int x) implements V { X { if (x < 0) throw new Error(); } }"
                    + " static V f(int n) { return n == 0 ? new Y(n) : new X(0); }")
            .computes("3 ABSENT", "1 UNDECODABLE"),
        Change.of("a subtype leaves the hierarchy, and remains a part of another")
            .program(
                "sealed interface V permits X, Y {} record Y(X x) implements V {}"
                    + X
                    + " static V f(int n) { return n == 0 ? new X(n) : new Y(new X(n)); }")
            .program(
                "sealed interface V permits Y {} record Y(X x) implements V {} record X(int x) {}"
                    + " static V f(int n) { return new Y(new X(n)); }")
            .computes("3 ABSENT", "3 SHAPES"),
        Change.of("a subtype leaves the hierarchy of the elements of a list")
            .program(
                "sealed interface V permits X, Y {} record Y(X x) implements V {}"
                    + X
                    + " static List<V> f(int n) { return List.of(n == 0 ? new X(n) : new Y(new X(n))); }")
            .program(
                "sealed interface V permits Y {} record Y(X x) implements V {} record X(int x) {}"
                    + " static List<V> f(int n) { return List.of(new Y(new X(n))); }")
            .computes("3 ABSENT", "3 SHAPES"));
  }

  /** The results with an X, whose own shape changes, mean nothing to the other version. */
  static List<Change> shapes() {
    String begin =
        "sealed interface V permits X, Y {}"
            + Y
            + " static V f(int n) { return n == 1 ? x(n) : n == 2 ? null : new Y(n); } ";
    return List.of(
        Change.of("a component of a subtype is added")
            .program(
                begin + "record X(int a) implements V {} static V x(int n) { return new X(n); }")
            .program(
                begin
                    + "record X(int a, int b) implements V {}"
                    + " static V x(int n) { return new X(n, 7); }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("components of a subtype are swapped")
            .program(
                begin
                    + "record X(int a, int b) implements V {}"
                    + " static V x(int n) { return new X(n, 7); }")
            .program(
                begin
                    + "record X(int b, int a) implements V {}"
                    + " static V x(int n) { return new X(7, n); }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a subtype becomes a class")
            .program(
                begin + "record X(int a) implements V {} static V x(int n) { return new X(n); }")
            .program(
                begin
                    + "static final class X implements V { int a; }"
                    + " static V x(int n) { X x = new X(); x.a = n; return x; }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a subtype becomes an enum")
            .program(begin + "record X() implements V {} static V x(int n) { return new X(); }")
            .program(begin + "enum X implements V {A} static V x(int n) { return X.A; }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("the record in a subtype changes")
            .program(
                begin
                    + "record X(W w) implements V {} record W(int a, int b) {}"
                    + " static V x(int n) { return new X(new W(n, 7)); }")
            .program(
                begin
                    + "record X(W w) implements V {} record W(int b, int a) {}"
                    + " static V x(int n) { return new X(new W(7, n)); }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("the superclass of a subtype gets another type argument")
            .program(
                begin
                    + "static abstract class Base<T> { T t; }"
                    + " static final class X extends Base<Integer> implements V {}"
                    + " static V x(int n) { X x = new X(); x.t = n; return x; }")
            .program(
                begin
                    + "static abstract class Base<T> { T t; }"
                    + " static final class X extends Base<Long> implements V {}"
                    + " static V x(int n) { X x = new X(); x.t = (long) n; return x; }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("the bound of a type variable of a subtype changes")
            .program(
                begin.replace("Y(int y)", "Y(int y, E... more)")
                    + "enum E {A} enum F {B} record X<T extends E>(T t) implements V {}"
                    + " static V x(int n) { return new X<E>(E.A); }")
            .program(
                begin.replace("Y(int y)", "Y(int y, E... more)")
                    + "enum E {A} enum F {B} record X<T extends F>(T t) implements V {}"
                    + " static V x(int n) { return new X<F>(F.B); }")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("the sealed interface gets another type argument")
            .program(
                "sealed interface V<T> permits X {} record X<T>(T x) implements V<T> {}"
                    + " static V<Integer> f(int n) { return new X<>(n); }")
            .program(
                "sealed interface V<T> permits X {} record X<T>(T x) implements V<T> {}"
                    + " static V<Long> f(int n) { return new X<>((long) n); }")
            .computes("3 ABSENT", "3 ABSENT"));
  }

  /** A result of this type, made by this expression, contains a changed subtype or not. */
  private record Container(String type, String value) {}

  static List<Change> nested() {
    return Stream.of(
            new Container("List<V>", "List.of(v)"),
            new Container("Map<String, V>", "Map.of(\"k\", v)"),
            new Container("Optional<V>", "Optional.of(v)"),
            new Container("V[]", "new V[] {v}"),
            new Container("Box<V>", "new Box<>(v)"),
            new Container("Box<V[]>", "new Box<>(new V[] {v})"),
            new Container("Holder", "new Holder(v, List.of(v))"),
            new Container("Map.Entry<String, V>", "Map.entry(\"k\", v)"))
        .map(
            in -> {
              String f =
                  "record Box<T>(T content) {} record Holder(V v, List<? extends V> more) {}"
                      + " sealed interface V permits X, Y {} record Y(int y) implements V {} static "
                      + in.type
                      + " f(int n) { return of(n == 1 ? x(n) : new Y(n)); } static "
                      + in.type
                      + " of(V v) { return "
                      + in.value
                      + "; } ";
              return Change.of("swapped components of a subtype in " + in.type)
                  .program(
                      f
                          + "record X(int a, int b) implements V {}"
                          + " static X x(int n) { return new X(n, 7); }")
                  .program(
                      f
                          + "record X(int b, int a) implements V {}"
                          + " static X x(int n) { return new X(7, n); }")
                  .computes("3 ABSENT", "1 SHAPES");
            })
        .toList();
  }

  /** Interfaces that are closed by {@code types}. */
  private static List<Change> named() {
    String v = "interface V {} @Cached(value = \"evolution.memo\", types = ";
    return List.of(
        Change.of("a named type changes")
            .program(v + "{X.class, Y.class})" + XY + X + Y)
            .program(
                v
                    + "{X.class, Y.class})"
                    + XY.replace("new Y(n)", "new Y(n, 7)")
                    + X
                    + " record Y(int y, int more) implements V {}")
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a type is named in addition")
            .program(
                v
                    + "{X.class, Y.class})"
                    + (XY + X + Y)
                    + " static List<?> inputs() { return List.of(0, 1); }")
            .program(v + "{Z.class, Y.class, X.class})" + XYZ + X + Y + Z)
            .computes("2 ABSENT", "1 ABSENT"),
        Change.of("a type is named no more")
            .program(v + "{X.class, Y.class, Z.class})" + XYZ + X + Y + Z)
            .program(v + "{X.class, Y.class})" + XY + X + Y)
            .computes("3 ABSENT", "1 SHAPES"),
        Change.of("a named type in a list does not implement the interface any more")
            .program(
                v
                    + "{X.class, Y.class}) static List<V> f(int n) {"
                    + " return List.of(n == 1 ? new Y(n) : new X(n)); }"
                    + X
                    + Y)
            .program(
                v
                    + "{X.class, Y.class}) static List<V> f(int n) { return List.of(new X(n)); }"
                    + X
                    + " record Y(int y) {}")
            .computes("3 ABSENT", "1 SHAPES"));
  }

  /** Three versions: who finds a result that it cannot read uses a slot that is its own. */
  private static List<Change> thirds() {
    String s = "sealed interface V permits X, Y {}" + Y;
    String f = " static V f(int n) { return n == 1 ? x(n) : new Y(n); } ";
    return List.of(
        Change.of("a subtype changes twice")
            .program(
                s + f + "record X(int a) implements V {} static X x(int n) { return new X(n); }")
            .program(
                s
                    + f
                    + "record X(int a, int b) implements V {}"
                    + " static X x(int n) { return new X(n, 7); }")
            .program(
                s
                    + f
                    + "record X(int b, int a) implements V {}"
                    + " static X x(int n) { return new X(7, n); }")
            .computes("3 ABSENT", "1 SHAPES", "1 SHAPES"),
        Change.of("a constant is removed, then another")
            .program(
                "enum V {A, B, C}"
                    + " static V f(int n) { return n == 0 ? V.A : n == 1 ? V.B : V.C; }")
            .program("enum V {A, B} static V f(int n) { return n == 0 ? V.A : V.B; }")
            .program("enum V {A} static V f(int n) { return V.A; }")
            .computes("3 ABSENT", "1 SHAPES", "2 SHAPES"));
  }
}
