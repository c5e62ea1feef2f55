package dev.memo.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TypeRefTest {
  @Test
  void referencesOfOneTypeAreEqual() {
    assertThat(TypeRef.ofType(String.class)).isEqualTo(TypeRef.of(String.class));
    assertThat(new TypeRef<List<String>>() {}).isEqualTo(new TypeRef<List<String>>() {});
  }

  @Test
  void typeVariablesAreNoTypes() throws Exception {
    var variable = List.class.getMethod("get", int.class).getGenericReturnType();
    assertThatThrownBy(() -> TypeRef.ofType(variable))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("E");
  }
}
