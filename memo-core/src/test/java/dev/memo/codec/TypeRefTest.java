package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypeRefTest {
  @Test
  void referencesOfOneTypeAreEqual() {
    assertThat(TypeRef.ofType(String.class)).isEqualTo(TypeRef.of(String.class));
    assertThat(new TypeRef<List<String>>() {}).isEqualTo(new TypeRef<List<String>>() {});
  }

  private abstract static class ListRef<T> extends TypeRef<List<T>> {}

  static final class Outer<T> {
    final @Nullable Inner inner = null;

    final class Inner {
      final List<T> content = List.of();
    }
  }

  @Test
  void onlyDirectSubclassesSayTheType() {
    assertThatThrownBy(() -> new ListRef<String>() {})
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("new TypeRef<List<String>>() {}");
  }

  @Test
  void typeVariableOfTheOuterTypeIsSeen() throws Exception {
    var inner = Outer.class.getDeclaredField("inner").getGenericType();
    assertThatThrownBy(() -> TypeRef.ofType(inner))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Inner");
  }

  @Test
  void typeVariablesAreNoTypes() throws Exception {
    var variable = List.class.getMethod("get", int.class).getGenericReturnType();
    assertThatThrownBy(() -> TypeRef.ofType(variable))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("E");
  }
}
