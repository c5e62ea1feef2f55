package dev.memo.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InTurnTest {

  @Test
  void othersAreRunAlsoAfterAnError() {
    List<String> run = new ArrayList<>();
    Throwable unused =
        catchThrowable(
            () ->
                InTurn.run(
                    () -> {
                      InTurn.run(() -> run.add("next"));
                      throw new OutOfMemoryError("of the first");
                    }));
    assertThat(run).containsExactly("next");
  }
}
