package dev.memo.codec.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Records and enums of generated arguments; the names of some are alike on purpose. */
final class SampleTypes {
  private SampleTypes() {}

  record Nothing() {}

  record Pair(@Nullable Object left, @Nullable Object right) {}

  record Twin(@Nullable Object left, @Nullable Object right) {}

  record Three(@Nullable Object first, @Nullable Object second, @Nullable Object third) {}

  record Span(int from, int to) {}

  record Sample(boolean on, byte b, short s, char c, long l, float f, double d, String text) {}

  record Measure(@Nullable Number size, @Nullable Object unit) {}

  /** {@link Measure} of a program in which a component is called otherwise. */
  static final Class<?> MEASURE_RENAMED = changed(Measure.class, "size", "mass");

  /** {@link Measure} of a program in which a component has another type. */
  static final Class<?> MEASURE_RETYPED =
      changed(Measure.class, "Ljava/lang/Number;", "Ljava/lang/Object;");

  enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "RED";
      }
    }
  }

  enum Signal {
    RED,
    GREEN
  }

  /** A class of the same name in which one word is another of the same length. */
  private static Class<?> changed(Class<?> type, String word, String other) {
    try (InputStream in =
        type.getResourceAsStream(
            type.getName().substring(type.getPackageName().length() + 1) + ".class")) {
      String code =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.ISO_8859_1);
      byte[] bytes = code.replace(word, other).getBytes(StandardCharsets.ISO_8859_1);
      return new ClassLoader(type.getClassLoader()) {
        Class<?> define() {
          return defineClass(type.getName(), bytes, 0, bytes.length);
        }
      }.define();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
