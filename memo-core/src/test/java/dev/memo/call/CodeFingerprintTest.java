package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeFingerprintTest {
  private static final String PLAIN =
      "static int f(int x) { int y = x * 3; return g(y) + 7; } static int g(int x) { return -x; }";

  private final Path directory;

  CodeFingerprintTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // other lines and spaces, other names of variables
        "static int f(int a)\n{\n  int b =\n a * 3;\n return g(b) + 7; }\n static int g(int b)"
            + " { return -b; }",
        // methods in another order
        "static int g(int x) { return -x; } static int f(int x) { int y = x * 3; return g(y) + 7; }",
        // a private method renamed
        "static int f(int x) { int y = x * 3; return h(y) + 7; } static int h(int x) { return -x; }",
        // others beside it: constants move in the class file, lambdas get other numbers
        "static Runnable r() { return () -> System.out.println(\"x\" + 12345678); }"
            + " static long c = 99999999999L;"
            + " static int f(int x) { int y = x * 3; return g(y) + 7; }"
            + " static int g(int x) { return -x; } static int f(long x) { return 8; }"
      })
  void staysWhenTheMethodStays(String other) throws IOException {
    assertThat(fingerprint(other)).isEqualTo(fingerprint(PLAIN));
  }

  @Test
  void staysWithoutDebugInformation() throws IOException {
    String source = "static int f(int x) { for (int i = 0; i < x; i++) { x -= i; } return x; }";
    assertThat(fingerprint(source, "-g:none")).isEqualTo(fingerprint(source, "-g"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // an instruction
        "static int f(int x) { int y = x + 3; return g(y) + 7; } static int g(int x) { return -x; }",
        // a constant
        "static int f(int x) { int y = x * 4; return g(y) + 7; } static int g(int x) { return -x; }",
        // a method that it calls
        "static int f(int x) { int y = x * 3; return g(y) + 7; } static int g(int x) { return ~x; }",
        // calls another one
        "static int f(int x) { int y = x * 3; return h(y) + 7; } static int g(int x) { return -x; }"
            + " static int h(int x) { return x; }",
        // calls itself instead
        "static int f(int x) { int y = x * 3; return f(y) + 7; } static int g(int x) { return -x; }",
        // does not call it
        "static int f(int x) { int y = x * 3; return y + 7; } static int g(int x) { return -x; }"
      })
  void changesWithTheMethod(String other) throws IOException {
    assertThat(fingerprint(other)).isNotEqualTo(fingerprint(PLAIN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "static int f(int x) { return \"%s\".length(); }",
        "static String f(int x) { return x + \"%s\"; }",
        "static Object f(int x) { return (java.util.function.Supplier<String>) () -> \"%s\"; }",
        "static Object f(int x) { Runnable r = () -> { Runnable s = () -> System.setProperty(\"%s\","
            + " \"\"); s.run(); }; return r; }",
        "static Object f(int x) { return (java.util.function.Supplier<String>) T::g; }"
            + " static String g() { return \"%s\"; }",
        "static int f(int x) { return x == 0 ? 0 : g(x - 1); }"
            + " static int g(int x) { return f(x) + \"%s\".length(); }",
        "static int f(int x) { return new T(x).y; } final int y;"
            + " T(int y) { this.y = y + \"%s\".length(); }",
        "static int f(int x) { try { return x; } finally { System.setProperty(\"%s\", \"\"); } }",
        "static int f(int x) { switch (System.lineSeparator()) { case \"%s\": return 1;"
            + " default: return 2; } }"
      })
  void seesTheConstantsOfAllThatIsReached(String template) throws IOException {
    long one = fingerprint(template.formatted("one"));
    assertThat(fingerprint(template.formatted("one"))).isEqualTo(one);
    assertThat(fingerprint(template.formatted("two"))).isNotEqualTo(one);
  }

  @Test
  void tellsTypesOfConstantsApart() throws IOException {
    assertThat(fingerprint("static Object f(int x) { return 123456.0; }"))
        .isNotEqualTo(fingerprint("static Object f(int x) { return 123456.0f; }"))
        .isNotEqualTo(fingerprint("static Object f(int x) { return \"123456.0\"; }"));
  }

  @Test
  void tellsOverloadsApart() {
    assertThat(CodeFingerprint.of(Math.class, "abs", int.class))
        .isNotEqualTo(CodeFingerprint.of(Math.class, "abs", long.class))
        .isNotEqualTo(CodeFingerprint.UNKNOWN);
  }

  @Test
  void isKnownForClassesOfTheJdk() {
    assertThat(CodeFingerprint.of(String.class, "format", String.class, Object[].class))
        .isNotEqualTo(CodeFingerprint.UNKNOWN);
  }

  @Test
  void isUnknownWithoutClassFile() {
    int captured = new Random(1).nextInt();
    IntSupplier hidden = () -> captured;
    assertThat(CodeFingerprint.of(hidden.getClass(), "getAsInt"))
        .isEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(CodeFingerprint.of(int.class, "f")).isEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(CodeFingerprint.of(int[].class, "f")).isEqualTo(CodeFingerprint.UNKNOWN);
  }

  @Test
  void isUnknownForMethodThatTheClassDoesNotHave() {
    assertThat(CodeFingerprint.of(String.class, "noSuchMethod")).isEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(CodeFingerprint.of(String.class, "length", int.class))
        .isEqualTo(CodeFingerprint.UNKNOWN);
  }

  @Test
  void isUnknownOrSomeHashForDamagedClassFiles() throws IOException {
    byte[] good = compile(PLAIN);
    Disguise loader = new Disguise();
    Class<?> damaged = loader.define(good);
    long seed = 42;
    Random random = new Random(seed);
    int unknown = 0;
    for (int round = 0; round < 2_000; round++) {
      boolean cut = random.nextInt(4) == 0;
      loader.shown = Arrays.copyOf(good, cut ? random.nextInt(good.length) : good.length);
      for (int i = random.nextInt(4); i >= 0 && loader.shown.length > 0; i--) {
        loader.shown[random.nextInt(loader.shown.length)] = (byte) random.nextInt();
      }
      try {
        if (CodeFingerprint.of(damaged, "f", int.class) == CodeFingerprint.UNKNOWN) {
          unknown++;
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(unknown).isGreaterThan(500);
  }

  /** Defines a class from some bytes, and shows others as its class file. */
  interface Codec<T> {
    String write(T value);

    default String hello() {
      return "hello";
    }
  }

  interface Polite extends Codec<String> {
    @Override
    default String hello() {
      return "good day";
    }
  }

  static class Upper implements Codec<String> {
    @Override
    public String write(String value) {
      return value + "!";
    }
  }

  static class Lower implements Codec<String> {
    @Override
    public String write(String value) {
      return value + "?";
    }
  }

  static final class Inheriting extends Upper implements Polite {}

  abstract static class Half implements Codec<String> {
    @Override
    public abstract String write(String value);
  }

  static final class Whole extends Half {
    @Override
    public String write(String value) {
      return value + "...";
    }

    @SuppressWarnings("UnusedMethod") // nobody can call it on a Codec
    private String hidden() {
      return hello();
    }
  }

  static class Overloaded implements Codec<String> {
    @Override
    public String write(String value) {
      return value + "1";
    }

    public String write(Integer value) {
      return value + "2";
    }
  }

  static class OverloadedToo implements Codec<String> {
    @Override
    public String write(String value) {
      return value + "3";
    }

    public String write(Integer value) {
      return value + "2";
    }
  }

  @Test
  void ofAReceiverIsThatOfTheBridgeWhereOverloadsLeaveItOpen() {
    assertThat(ofReceiver(Overloaded.class, "write", Object.class))
        .isNotEqualTo(CodeFingerprint.UNKNOWN)
        .isNotEqualTo(ofReceiver(OverloadedToo.class, "write", Object.class));
  }

  @Test
  void ofAReceiverIsThatOfTheMethodThatItsClassRuns() {
    long upper = ofReceiver(Upper.class, "write", Object.class);
    long lower = ofReceiver(Lower.class, "write", Object.class);

    assertThat(upper).isNotEqualTo(lower).isNotEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(ofReceiver(Inheriting.class, "write", Object.class)).isEqualTo(upper);
    assertThat(ofReceiver(Whole.class, "write", Object.class))
        .isEqualTo(CodeFingerprint.of(Whole.class, "write", String.class))
        .isNotEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(ofReceiver(Upper.class, "write", String.class))
        .isEqualTo(CodeFingerprint.of(Upper.class, "write", String.class));
  }

  @Test
  void ofAReceiverIsUnknownIfAClassThatItNamesIsMissing() throws Exception {
    compile("int f(int x) { return x; } Gone g() { return null; } static final class Gone {}");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
      long complete = ofReceiver(loader.loadClass("T"), "f", int.class);
      assertThat(complete).isNotEqualTo(CodeFingerprint.UNKNOWN);
    }
    Files.delete(directory.resolve("T$Gone.class"));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, null)) {
      long incomplete = ofReceiver(loader.loadClass("T"), "f", int.class);
      assertThat(incomplete).isEqualTo(CodeFingerprint.UNKNOWN);
    }
  }

  @Test
  void ofAReceiverIsThatOfTheNearestDefaultMethod() {
    assertThat(ofReceiver(Upper.class, "hello"))
        .isEqualTo(CodeFingerprint.of(Codec.class, "hello"))
        .isNotEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(ofReceiver(Inheriting.class, "hello"))
        .isEqualTo(CodeFingerprint.of(Polite.class, "hello"))
        .isNotEqualTo(ofReceiver(Upper.class, "hello"));
    assertThat(ofReceiver(Upper.class, "gone")).isEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(ofReceiver(Whole.class, "hidden")).isEqualTo(CodeFingerprint.UNKNOWN);
  }

  private static long ofReceiver(Class<?> receiver, String method, Class<?>... parameters) {
    return CodeFingerprint.ofReceiver(receiver, method, parameters);
  }

  private static final class Disguise extends ClassLoader {
    private byte[] shown = {};

    Class<?> define(byte[] classFile) {
      return defineClass(null, classFile, 0, classFile.length);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      return new ByteArrayInputStream(shown);
    }
  }

  private long fingerprint(String body, String... options) throws IOException {
    return CodeFingerprint.of(compile(body, options), "f", int.class);
  }

  private byte[] compile(String body, String... options) throws IOException {
    String source = "final class T { " + body + " }";
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///T.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> all = new ArrayList<>(List.of("-d", directory.toString(), "-proc:none"));
    all.addAll(List.of(options));
    boolean compiled = compiler.getTask(null, null, null, all, null, List.of(file)).call();
    assertThat(compiled).as("compiles: %s", source).isTrue();
    return Files.readAllBytes(directory.resolve("T.class"));
  }
}
