package dev.memo.codec.type;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What is said of a module that keeps memo out; the module path has a test in memo-processor. */
class RecordsTest {
  @Test
  void packagesOfTheJdkAreOpenedByAnOptionOfTheJvm() throws NoSuchFieldException {
    var field = String.class.getDeclaredField("hash");

    assertThatThrownBy(() -> Records.open(field))
        .isInstanceOf(Refusal.class)
        .hasMessage(
            "the module java.base does not let memo read java.lang.String;"
                + " start the JVM with --add-opens java.base/java.lang=ALL-UNNAMED");
  }
}
