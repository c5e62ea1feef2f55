package dev.memo.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChainTest {
  private final Chain chain = Chain.root();

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
  void chainEndsWithItsFirstStay() {
    chain.run(
        same -> {
          chain.run(again -> 0);
          assertThat(chain.hasEnded()).isFalse();
          return 0;
        });

    assertThat(chain.hasEnded()).isTrue();
  }

  @Test
  void visitedChainGoesOnUntilItIsEnded() {
    Chain.Scope visit = chain.visit();
    assertThat(Chain.current()).isSameAs(chain);
    visit.close();

    assertThat(chain.hasEnded()).isFalse();
    chain.end();
    assertThat(chain.hasEnded()).isTrue();
  }

  @Test
  void visitLeavesTheThreadInTheChainWhereItWas() {
    Chain visited = Chain.child(chain, () -> false);

    chain.run(
        same -> {
          visited.visit().close();
          assertThat(Chain.current()).isSameAs(chain);
          return 0;
        });
  }

  @Test
  void chainEndsWhateverIsThrown() {
    StackOverflowError deep = new StackOverflowError();

    assertThatThrownBy(
            () ->
                chain.run(
                    same -> {
                      throw deep;
                    }))
        .isSameAs(deep);

    assertThat(chain.hasEnded()).isTrue();
  }
}
