package dev.memo.codec.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.codec.TypeRef;
import java.lang.reflect.Type;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of type shows its classes, and none of them is initialised for it. */
@SuppressWarnings({"unused", "FieldCanBeStatic"}) // classes are here to be looked at
class ShownClassesTest {
  private static ShownClasses shownBy(TypeRef<?> type) {
    return ShownClasses.of(type.type());
  }

  record Leaf(int number) {}

  record Other(int number) {}

  static class Base<T> {
    T held;
  }

  static class Middle extends Base<Leaf> {}

  static final class Bottom extends Middle {}

  record Bounded<T extends Leaf>(T held) {}

  record BoundedToo<T extends Other>(T held) {}

  @SuppressWarnings("rawtypes") // leaves the variables open
  record Both(Bounded one, BoundedToo two) {}

  sealed interface Animal permits Dog {}

  record Dog(Leaf leaf) implements Animal {}

  interface Open {}

  record Holder<T>(T held) {}

  static final class Outer<T> {
    final class Inner {
      T held;
    }
  }

  @Test
  void classesAreShownByNamesFieldsSupertypesBoundsAndPermission() {
    assertThat(shownBy(new TypeRef<Map<String, List<Leaf[]>>>() {}).contains(Leaf.class)).isTrue();
    assertThat(shownBy(new TypeRef<List<? extends Leaf>>() {}).contains(Leaf.class)).isTrue();
    assertThat(shownBy(new TypeRef<Holder<Leaf>[]>() {}).contains(Leaf.class)).isTrue();
    assertThat(shownBy(TypeRef.of(Bottom.class)).contains(Leaf.class)).isTrue();
    assertThat(shownBy(TypeRef.of(Both.class)).contains(Leaf.class)).isTrue();
    assertThat(shownBy(TypeRef.of(Both.class)).contains(Other.class)).isTrue();
    assertThat(shownBy(TypeRef.of(Animal.class)).contains(Leaf.class)).isTrue();
    assertThat(shownBy(new TypeRef<Outer<Leaf>.Inner>() {}).contains(Leaf.class)).isTrue();
    assertThat(shownBy(TypeRef.of(Open.class)).contains(Leaf.class)).isFalse();
  }

  @Test
  @DisplayName(
      "P2: inner classes of differing outer ones, and variables of one name, are told apart")
  void argumentsOfOuterClassesAndBoundsOfVariablesCount() {
    Type ofLeaf = new TypeRef<Outer<Leaf>.Inner>() {}.type();
    Type ofOther = new TypeRef<Outer<Other>.Inner>() {}.type();
    String outer = Outer.class.getName();
    assertThat(Shapes.name(ofLeaf)).isEqualTo(outer + "<" + Leaf.class.getName() + ">$Inner");
    assertThat(Shapes.required(ofLeaf)).isNotEqualTo(Shapes.required(ofOther));
    assertThat(Shapes.required(Both.class))
        .contains("(number:int,)", Leaf.class.getName(), Other.class.getName());
  }

  record Growing<T>(Growing<List<T>> next, Leaf leaf) {}

  @Test
  @DisplayName("P4: a type that contains itself with ever larger arguments is finite")
  void growingTypeIsFinite() {
    ShownClasses shown = shownBy(new TypeRef<Growing<String>>() {});
    assertThat(shown.contains(Leaf.class)).isTrue();
    assertThat(shown.shape()).hasSizeLessThan(1000);
  }

  static final AtomicBoolean INITIALISED = new AtomicBoolean();

  enum Careless {
    A,
    B {};

    static {
      INITIALISED.set(true);
      Objects.requireNonNull(System.getProperty("no such property"), "fails");
    }
  }

  @Test
  @DisplayName("P8: enums are not initialised to read their constants")
  void enumsAreNotInitialised() {
    assertThat(shownBy(new TypeRef<List<Careless>>() {}).shape()).contains("Careless=enum[A, B]");
    assertThat(INITIALISED).isFalse();
  }

  @Test
  @DisplayName("P4: a class with a field of an absent library counts by its name")
  void classWithAFieldOfAnAbsentLibraryCountsByItsName(@TempDir Path folder) throws Exception {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    List<String> options = List.of("-proc:none", "-d", folder.toString());
    List<JavaFileObject> sources =
        List.of(source("class Absent {}"), source("class Client { Absent helper; int number; }"));
    assertThat(compiler.getTask(null, null, null, options, null, sources).call()).isTrue();
    Files.delete(folder.resolve("Absent.class"));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> client = loader.loadClass("Client");
      ShownClasses shown = ShownClasses.of(client);
      assertThat(shown.shape()).isEqualTo("Client|Client;");
      assertThat(shown.contains(client)).as("its shape").isFalse();
    }
  }

  private static JavaFileObject source(String text) {
    return new SimpleJavaFileObject(URI.create("mem:///Source.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignored) {
        return text;
      }

      @Override
      public boolean isNameCompatible(String simpleName, Kind kind) {
        return true;
      }
    };
  }
}
