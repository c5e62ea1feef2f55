package dev.memo.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P4: what a chain owes happens, whatever fails")
class ChainTest {
  private final Chain chain = Chain.root();
  private final List<String> done = new ArrayList<>();

  @AfterEach
  void thisThreadIsInNoChain() {
    assertThat(Chain.current()).isNull();
  }

  @Test
  void threadIsInTheChainThatItEnteredLast() {
    Chain inner = Chain.child(chain, () -> false);

    chain.run(
        outer -> {
          assertThat(Chain.current()).isSameAs(chain);
          inner.run(
              same -> {
                assertThat(Chain.current()).isSameAs(inner);
                return 0;
              });
          assertThat(Chain.current()).isSameAs(chain);
          return 0;
        });
  }

  @Test
  void settlingMakesUpForWhatWasForgottenAfterIt() {
    Runnable first = () -> done.add("first");
    chain.run(
        same -> {
          chain.owe(first);
          chain.owe(() -> done.add("second"));
          chain.owe(() -> done.add("third"));
          chain.settled(first);
          return 0;
        });

    assertThat(done).containsExactly("third", "second");
  }

  @Test
  void endOfTheChainMakesUpForTheRest() {
    chain.run(
        same -> {
          chain.owe(() -> done.add("first"));
          chain.owe(() -> done.add("second"));
          return 0;
        });

    assertThat(done).containsExactly("second", "first");
  }

  @Test
  void enteringTheSameChainAgainDoesNotEndIt() {
    chain.run(
        same -> {
          chain.owe(() -> done.add("owed"));
          chain.run(again -> 0);
          assertThat(done).isEmpty();
          return 0;
        });

    assertThat(done).containsExactly("owed");
  }

  @Test
  void dutyForWhichTheStackIsTooDeepIsMadeUpForLater() {
    Runnable outermost = () -> done.add("outermost");
    StackOverflowError deep = new StackOverflowError();
    chain.run(
        same -> {
          chain.owe(outermost);
          Runnable outer = () -> done.add("outer");
          chain.owe(outer);
          chain.owe(failingOnce(deep));
          assertThatThrownBy(() -> chain.settled(outer)).isSameAs(deep);
          assertThat(done).isEmpty();
          chain.settled(outermost);
          return 0;
        });

    assertThat(done).containsExactly("late", "outer");
  }

  @Test
  void failureOfADutyLeavesTheChainAllTheSame() {
    StackOverflowError deep = new StackOverflowError();

    assertThatThrownBy(
            () ->
                chain.run(
                    same -> {
                      chain.owe(() -> done.add("owed before"));
                      chain.owe(failingOnce(deep));
                      return 0;
                    }))
        .isSameAs(deep);

    assertThat(Chain.current()).isNull();
  }

  private Runnable failingOnce(Error failure) {
    return new Runnable() {
      private boolean failed;

      @Override
      public void run() {
        if (!failed) {
          failed = true;
          throw failure;
        }
        done.add("late");
      }
    };
  }
}
