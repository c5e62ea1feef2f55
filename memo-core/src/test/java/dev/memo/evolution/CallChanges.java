package dev.memo.evolution;

import java.util.List;
import java.util.stream.Stream;

/** Changes of the method, of its arguments, and of results that a codec writes. */
final class CallChanges {
  private CallChanges() {}

  static List<Change> all() {
    return Stream.of(methods(), arguments(), codecs()).flatMap(List::stream).toList();
  }

  private static List<Change> methods() {
    return List.of(
        Change.of("another body with the same results")
            .program("static int f(int n) { return n + 1; }")
            .program("static int f(int n) { return 1 + n; }")
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("another version with other results")
            .program("@Cached(value = \"evolution.memo\") static int f(int n) { return n; }")
            .program(
                "@Cached(value = \"evolution.memo\", version = \"2\")"
                    + " static int f(int n) { return -n; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an int parameter becomes a long")
            .program("static int f(int n) { return n; }")
            .program(
                "static int f(long n) { return (int) -n; }"
                    + " static List<?> inputs() { return List.of(0L, 1L, 2L); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an int parameter of a function with a name becomes a long")
            .program(
                "@Cached(value = \"evolution.memo\", name = \"widened\")"
                    + " static int f(int n) { return n; }")
            .program(
                "@Cached(value = \"evolution.memo\", name = \"widened\")"
                    + " static int f(long n) { return (int) -n; }"
                    + " static List<?> inputs() { return List.of(0L, 1L, 2L); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a parameter is added")
            .program("static int f(int n) { return n; }")
            .program(
                "static int f(int n, int m) { return n * 10 + m; } record Args(int n, int m) {}"
                    + " static List<?> inputs() { return List.of(new Args(0, 1), new Args(1, 1)); }")
            .computes("3 ABSENT", "2 ABSENT"),
        Change.of("a parameter is added to a function with a name")
            .program(
                "@Cached(value = \"evolution.memo\", name = \"grown\")"
                    + " static int f(int n) { return n; }")
            .program(
                "@Cached(value = \"evolution.memo\", name = \"grown\")"
                    + " static int f(int n, int m) { return n * 10 + m; } record Args(int n, int m) {}"
                    + " static List<?> inputs() { return List.of(new Args(0, 1), new Args(1, 1)); }")
            .computes("3 ABSENT", "2 ABSENT"),
        Change.of("the result is widened")
            .program("static int f(int n) { return n; }")
            .program("static long f(int n) { return n; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a String result becomes bytes")
            .program("static String f(int n) { return \"abc\"; }")
            .program("static byte[] f(int n) { return new byte[] {'a', 'b', 'c'}; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a List result becomes a Collection")
            .program("static List<Integer> f(int n) { return List.of(n); }")
            .program("static Collection<Integer> f(int n) { return List.of(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a type argument of the result changes")
            .program("static List<Integer> f(int n) { return List.of(n); }")
            .program("static List<Long> f(int n) { return List.of((long) n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("the method moves to another package")
            .program("static int f(int n) { return n; }")
            .program(
                "static final Class<?> MOVED_TO = moved.G.class;",
                "package moved; public class G { static int f(int n) { return n; } }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a method with a name moves to another package")
            .program(
                "@Cached(value = \"evolution.memo\", name = \"moved\")"
                    + " static int f(int n) { return n; }")
            .program(
                "static final Class<?> MOVED_TO = moved.named.G.class;",
                "package moved.named; public class G {"
                    + " @dev.memo.annotation.Cached(value = \"evolution.memo\", name = \"moved\")"
                    + " static int f(int n) { return n; } }")
            .computes("3 ABSENT", Program.NOTHING));
  }

  private static List<Change> arguments() {
    String f = " static int f(P p) { return p.toString().length(); }";
    String g = " static int f(P p) { return p.a() * 10 + p.b(); }";
    String abc = " static int f(E e) { return e.name().charAt(0); }";
    String all = " static List<?> inputs() { return List.of(E.values()); }";
    return List.of(
        Change.of("a component of an argument is added")
            .program("record P(int a) {}" + f + inputs("new P(1)"))
            .program("record P(int a, int b) {}" + f + inputs("new P(1, 2)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("a component of an argument is removed")
            .program("record P(int a, int b) {}" + f + inputs("new P(1, 2)"))
            .program("record P(int a) {}" + f + inputs("new P(1)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("a component of an argument is renamed")
            .program("record P(int a) {}" + f + inputs("new P(1)"))
            .program("record P(int renamed) {}" + f + inputs("new P(1)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("a component of an argument is retyped")
            .program("record P(int a) {} static int f(P p) { return 1; }" + inputs("new P(1)"))
            .program("record P(Integer a) {} static int f(P p) { return 2; }" + inputs("new P(1)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("components of an argument are swapped")
            .program("record P(int a, int b) {}" + g + inputs("new P(1, 2)"))
            .program("record P(int b, int a) {}" + g + inputs("new P(1, 2)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("components of the elements of an argument are swapped")
            .program(
                "record P(int a, int b) {} static int f(List<P> l) { return l.get(0).a(); }"
                    + inputs("List.of(new P(1, 2))"))
            .program(
                "record P(int b, int a) {} static int f(List<P> l) { return l.get(0).a(); }"
                    + inputs("List.of(new P(1, 2))"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("a type argument of an argument changes")
            .program("static int f(List<Integer> l) { return l.get(0); }" + inputs("List.of(1)"))
            .program(
                "static int f(List<Long> l) { return -l.get(0).intValue(); }"
                    + inputs("List.of(1L)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("a constant of an argument is added, the others change their order")
            .program("enum E {A, B}" + abc + all)
            .program("enum E {C, B, A}" + abc + all)
            .computes("2 ABSENT", "1 ABSENT"),
        Change.of("a constant of an argument is renamed")
            .program("enum E {A, B}" + abc + all)
            .program("enum E {A, D}" + abc + all)
            .computes("2 ABSENT", "1 ABSENT"),
        Change.of("a constant of an argument gets a body")
            .program("enum E {A, B}" + abc + all)
            .program("enum E {A, B {}}" + abc + all)
            .computes("2 ABSENT", Program.NOTHING),
        Change.of("the class of an argument moves")
            .program(
                "interface Q { record P(int a) {} } static int f(Q.P p) { return 1; }"
                    + inputs("new Q.P(1)"))
            .program(
                "interface R { record P(int a) {} } static int f(R.P p) { return 2; }"
                    + inputs("new R.P(1)"))
            .computes("1 ABSENT", "1 ABSENT"),
        Change.of("the class of an element of an argument moves")
            .program(
                "interface Q { record P(int a) {} } static int f(List<Q.P> p) { return 1; }"
                    + inputs("List.of(new Q.P(1))"))
            .program(
                "interface R { record P(int a) {} } static int f(List<R.P> p) { return 2; }"
                    + inputs("List.of(new R.P(1))"))
            .computes("1 ABSENT", "1 ABSENT"));
  }

  private static String inputs(String input) {
    return " static List<?> inputs() { return List.of(" + input + "); }";
  }

  private static List<Change> codecs() {
    String json =
        "@Cached(value = \"evolution.memo\", codec = dev.memo.codec.JsonCodec.class) static ";
    String bean = json + "V f(int n) { V v = new V(); ";
    String inner = "static class V { public W w = new W(); }" + bean;
    String subtype =
        "@com.fasterxml.jackson.annotation.JsonTypeInfo("
            + "use = com.fasterxml.jackson.annotation.JsonTypeInfo.Id.NAME)"
            + "@com.fasterxml.jackson.annotation.JsonSubTypes("
            + "@com.fasterxml.jackson.annotation.JsonSubTypes.Type(X.class))"
            + " sealed interface V permits X {} "
            + json
            + "V f(int n) { X v = new X(); ";
    String open = subtype.replace("sealed interface V permits X {}", "interface V {}");
    String as =
        "@com.fasterxml.jackson.databind.annotation.JsonDeserialize(as = X.class) interface V {} "
            + json
            + "V f(int n) { X v = new X(); ";
    return List.of(
        Change.of("JSON of nobody's classes")
            .program(json + "Map<String, Object> f(int n) { return Map.of(\"a\", n); }")
            .program(json + "Map<String, Object> f(int n) { return Map.of(\"a\", n + 0); }")
            .computes("3 ABSENT", Program.NOTHING),
        Change.of("JSON becomes memo's own format")
            .program(json + "List<Integer> f(int n) { return List.of(n); }")
            .program("static List<Integer> f(int n) { return List.of(n); }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a record in JSON gets a component")
            .program(json + "V f(int n) { return new V(n); } record V(int a) {}")
            .program(json + "V f(int n) { return new V(n, 7); } record V(int a, int b) {}")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a bean in JSON gets a property")
            .program(bean + "v.a = n; return v; } static class V { public int a; }")
            .program(bean + "v.b = n; return v; } static class V { public int a, b; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a bean in a bean in JSON gets a property")
            .program(inner + "v.w.a = n; return v; } static class W { public int a; }")
            .program(inner + "v.w.b = n; return v; } static class W { public int a, b; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a subtype in JSON gets a property")
            .program(
                subtype
                    + "v.a = n; return v; } static final class X implements V { public int a; }")
            .program(
                subtype
                    + "v.b = n; return v; } static final class X implements V { public int a, b; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("a subtype in JSON that nothing but an annotation shows gets a property")
            .program(open + "v.a = n; return v; } static class X implements V { public int a; }")
            .program(open + "v.b = n; return v; } static class X implements V { public int a, b; }")
            .alwaysComputes("6 ABSENT, 6 UNCACHEABLE"),
        Change.of("the class in JSON that only an annotation names for an interface changes")
            .program(as + "v.a = n; return v; } static class X implements V { public int a; }")
            .program(as + "v.b = n; return v; } static class X implements V { public int a, b; }")
            .alwaysComputes("6 ABSENT, 6 UNCACHEABLE"),
        Change.of("a type argument of the superclass of a bean in JSON gets a property")
            .program(
                "static class S<T> { public T w; } static class V extends S<W> {}"
                    + bean
                    + "v.w = new W(); v.w.a = n; return v; } static class W { public int a; }")
            .program(
                "static class S<T> { public T w; } static class V extends S<W> {}"
                    + bean
                    + "v.w = new W(); v.w.b = n; return v; } static class W { public int a, b; }")
            .computes("3 ABSENT", "3 ABSENT"),
        Change.of("an enum in JSON loses a constant")
            .program(json + "V f(int n) { return n == 0 ? V.A : V.B; } enum V {A, B}")
            .program(json + "V f(int n) { return V.A; } enum V {A}")
            .computes("3 ABSENT", "3 ABSENT"));
  }
}
