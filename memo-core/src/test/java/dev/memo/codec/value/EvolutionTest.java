package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Two versions of one program: classes of one name, compiled into two class loaders. */
class EvolutionTest {
  private static final byte[] ARGUMENTS = {1};

  @Test
  @DisplayName("P2: a record that changed is looked up in another slot")
  void changedRecordHasAnotherVariant() throws Exception {
    int before = variant("record V(int a, String b) {}");
    assertThat(variant("record V(int a, String b) {}")).isEqualTo(before);
    for (String changed :
        List.of(
            "record V(int a, String b, int c) {}",
            "record V(int a) {}",
            "record V(int a, String renamed) {}",
            "record V(long a, String b) {}",
            "record V(String b, int a) {}",
            "record V(int a, W b) {} record W(String text) {}")) {
      assertThat(variant(changed)).as(changed).isNotEqualTo(before);
    }
  }

  @Test
  void changedPartOfARecordHasAnotherVariant() throws Exception {
    assertThat(variant("record V(java.util.List<W> a) {} record W(int x) {}"))
        .isNotEqualTo(variant("record V(java.util.List<W> a) {} record W(int y) {}"));
  }

  @Test
  @DisplayName("P2: a new constant or subtype loses nothing; a removed one is a miss")
  void constantsAreReadByName() throws Exception {
    Program old = new Program("enum V { A, B, C }");
    ResultFormat<Object> three = old.format();
    ResultFormat<Object> reordered = format("enum V { C, NEW, B, A }");
    ResultFormat<Object> fewer = format("enum V { B, C }");
    assertThat(reordered.variant()).isEqualTo(three.variant());
    assertThat(fewer.variant()).isEqualTo(three.variant());
    assertThat(fewer.secondVariant()).isNotEqualTo(three.secondVariant());

    EncodedValue a = three.encode(old.constant("A"));
    assertThat(decode(reordered, a)).hasToString("A");
    assertThat(rejection(fewer, a)).isEqualTo(Reason.SHAPES);
  }

  @Test
  @DisplayName("P2: a subtype of another shape is a miss, its neighbours still hit")
  void permittedSubtypesAreMatchedByShape() throws Exception {
    String shapes = "sealed interface V permits X, Y {} record Y(int y) implements V {}";
    Program old = new Program(shapes + " record X(int x) implements V {}");
    Program changed = new Program(shapes + " record X(int x, int more) implements V {}");
    Program grown =
        new Program(
            "sealed interface V permits X, Y, Z {} record Y(int y) implements V {}"
                + " record X(int x) implements V {} record Z() implements V {}");
    ResultFormat<Object> before = old.format();
    ResultFormat<Object> after = changed.format();
    ResultFormat<Object> later = grown.format();
    assertThat(after.variant()).isEqualTo(before.variant());
    assertThat(later.variant()).isEqualTo(before.variant());
    assertThat(after.secondVariant()).isNotEqualTo(before.secondVariant());

    EncodedValue x = before.encode(old.create("X", 1));
    EncodedValue y = before.encode(old.create("Y", 2));
    assertThat(decode(later, x)).hasToString("X[x=1]");
    assertThat(decode(after, y)).hasToString("Y[y=2]");
    assertThat(rejection(after, x)).isEqualTo(Reason.SHAPES);
  }

  private static int variant(String source) throws Exception {
    return format(source).variant();
  }

  private static ResultFormat<Object> format(String source) throws Exception {
    return new Program(source).format();
  }

  private static Object decode(ResultFormat<Object> format, EncodedValue value)
      throws EntryRejectedException {
    return format.decode(Entry.parse(Entry.write(1, 2, 3, 4, ARGUMENTS, value), 0));
  }

  private static Reason rejection(ResultFormat<Object> format, EncodedValue value) {
    return catchThrowableOfType(EntryRejectedException.class, () -> decode(format, value)).reason();
  }

  /** One version of a program whose result is the type V. */
  private static final class Program extends ClassLoader {
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    Program(String source) {
      JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
      JavaFileObject file =
          new SimpleJavaFileObject(URI.create("mem:///V.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignored) {
              return source;
            }
          };
      JavaFileManager standard = compiler.getStandardFileManager(null, null, null);
      JavaFileManager manager =
          new ForwardingJavaFileManager<>(standard) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
              return new SimpleJavaFileObject(URI.create("mem:///" + name + ".class"), kind) {
                @Override
                public ByteArrayOutputStream openOutputStream() {
                  return classes.computeIfAbsent(name, n -> new ByteArrayOutputStream());
                }
              };
            }
          };
      assertThat(compiler.getTask(null, manager, null, List.of(), null, List.of(file)).call())
          .isTrue();
    }

    ResultFormat<Object> format() throws ClassNotFoundException {
      return ResultFormat.of(loadClass("V"), List.of());
    }

    Object create(String type, Object... arguments) throws Exception {
      var constructor = loadClass(type).getDeclaredConstructors()[0];
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    }

    Object constant(String name) throws Exception {
      var field = loadClass("V").getDeclaredField(name);
      field.setAccessible(true);
      return Objects.requireNonNull(field.get(null));
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      ByteArrayOutputStream bytes = classes.get(name);
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, bytes.toByteArray(), 0, bytes.size());
    }
  }
}
