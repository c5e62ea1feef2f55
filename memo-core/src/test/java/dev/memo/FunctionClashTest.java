package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.failure.FunctionClashException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two methods that claim one identity in a directory would find each other's results. */
@SuppressWarnings("try") // bindings are for their end only
final class FunctionClashTest {
  private final Path folder;

  FunctionClashTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static final class Numbers {
    static int twice(int n) {
      return 2 * n;
    }

    static int thrice(int n) {
      return 3 * n;
    }

    static int twice(long n) {
      return (int) (2 * n);
    }
  }

  private static CachedMethod method(String name, Class<?> parameter) {
    return CachedMethod.in("clash.memo", Numbers.class, name, parameter);
  }

  @Test
  @DisplayName("P2: the second of two methods with one name is refused, with both and the remedy")
  void anotherMethodOfTheNameIsRefused() {
    CachedFunction<Integer, Integer, RuntimeException> twice =
        method("twice", int.class).name("times").calls(Numbers::twice);
    CachedFunction<Integer, Integer, RuntimeException> thrice =
        method("thrice", int.class).name("times").calls(Numbers::thrice);
    CachedFunction<Long, Integer, RuntimeException> longs =
        method("twice", long.class).name("times").calls(Numbers::twice);
    try (Binding bound = Memo.bind("clash.memo", folder.resolve("d.memo"))) {
      assertThat(twice.call(2)).isEqualTo(4);
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> thrice.call(2))
            .isInstanceOf(FunctionClashException.class)
            .hasMessageContaining("FunctionClashTest$Numbers#twice(int)")
            .hasMessageContaining("FunctionClashTest$Numbers#thrice(int)")
            .hasMessageContaining("\"times\"")
            .hasMessageContaining("d.memo")
            .hasMessageEndingWith("give one of them another name or version");
      }
      assertThatThrownBy(() -> longs.call(2L)).isInstanceOf(FunctionClashException.class);
      assertThat(twice.call(3)).as("goes on").isEqualTo(6);
    }
  }

  @Test
  void anotherVersionOrDirectoryIsAnotherFunction() {
    CachedFunction<Integer, Integer, RuntimeException> twice =
        method("twice", int.class).name("times").calls(Numbers::twice);
    CachedFunction<Integer, Integer, RuntimeException> thrice =
        method("thrice", int.class).name("times").version("2").calls(Numbers::thrice);
    CachedFunction<Integer, Integer, RuntimeException> elsewhere =
        CachedMethod.in("clash-elsewhere.memo", Numbers.class, "thrice", int.class)
            .name("times")
            .calls(Numbers::thrice);
    try (Binding bound = Memo.bind("clash.memo", folder.resolve("d.memo"));
        Binding other = Memo.bind("clash-elsewhere.memo", folder.resolve("e.memo"))) {
      assertThat(twice.call(2)).isEqualTo(4);
      assertThat(thrice.call(2)).isEqualTo(6);
      assertThat(elsewhere.call(2)).isEqualTo(6);
    }
  }

  @Test
  void theSameMethodTwiceIsNoClash() {
    CachedFunction<Integer, Integer, RuntimeException> first =
        method("twice", int.class).name("times").calls(Numbers::twice);
    CachedFunction<Integer, Integer, RuntimeException> second =
        method("twice", int.class).name("times").calls(Numbers::twice);
    try (Binding bound = Memo.bind("clash.memo", folder.resolve("d.memo"))) {
      assertThat(first.call(2)).isEqualTo(4);
      assertThat(second.call(2)).isEqualTo(4);
      assertThat(second.stats().computations()).isZero();
    }
  }

  @Test
  void aFunctionByHandMayBeBuiltTwice() {
    try (Memo memo = Memo.open(folder.resolve("d.memo"))) {
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatCode(
                () -> memo.function("f", "1", Integer.class, Integer.class, Numbers::twice).call(1))
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void anAliasMayBeTheNameOfALiveMethod() {
    CachedFunction<Integer, Integer, RuntimeException> twice =
        method("twice", int.class).name("times").calls(Numbers::twice);
    CachedFunction<Integer, Integer, RuntimeException> thrice =
        method("thrice", int.class).aliases("times").calls(Numbers::thrice);
    try (Binding bound = Memo.bind("clash.memo", folder.resolve("d.memo"))) {
      assertThat(twice.call(2)).isEqualTo(4);
      assertThat(thrice.call(2)).isEqualTo(4);
      assertThat(thrice.call(3)).isEqualTo(9);
      assertThat(twice.call(3)).isEqualTo(6);
    }
  }
}
