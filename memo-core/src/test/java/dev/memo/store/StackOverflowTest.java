package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A stack may overflow at every call, between a borrow and its return too. */
@DisplayName("P4: a stack overflow keeps nothing")
class StackOverflowTest {
  private static final int ROUNDS = 300;
  private static final long STACK_BYTES = 256 << 10;

  /** Takes something, and gives it back before it returns. */
  private interface User {
    void use();
  }

  @Test
  void everyBorrowIsReturned() throws InterruptedException {
    Borrows<String> borrows = new Borrows<>("lent", "a test", lent -> {});

    overflowOften(
        () -> {
          try (Borrows.Borrow<String> borrow = borrows.borrow()) {
            assertThat(borrow.get()).isEqualTo("lent");
          }
        });

    assertThat(borrows.outstanding()).isZero();
  }

  @Test
  void whatIsTakenWithStackInReserveIsGivenBack() throws InterruptedException {
    assertThat(keptAfterOverflows(4 << 10)).isZero();
  }

  @Test
  @DisplayName("twin: without reserve some is kept")
  void withoutReserveSomeIsKept() throws InterruptedException {
    assertThat(keptAfterOverflows(0)).isPositive();
  }

  private static int keptAfterOverflows(int reservedBytes) throws InterruptedException {
    int[] taken = new int[1];
    overflowOften(
        () -> {
          StackReserve.require(reservedBytes);
          taken[0]++;
          try {
            assertThat(taken[0]).isPositive();
          } finally {
            giveBack(taken, 20);
          }
        });
    return taken[0];
  }

  /** Needs more stack than taking did. */
  private static void giveBack(int[] taken, int calls) {
    if (calls > 0) {
      giveBack(taken, calls - 1);
    } else {
      taken[0]--;
    }
  }

  private static void overflowOften(User user) throws InterruptedException {
    Thread diver =
        new Thread(
            null,
            () -> {
              for (int round = 0; round < ROUNDS; round++) {
                overflow(user, round);
              }
            },
            "diver",
            STACK_BYTES);
    diver.start();
    diver.join();
  }

  private static void overflow(User user, int offset) {
    try {
      dive(user, offset);
    } catch (StackOverflowError expected) {
      assertThat(expected).isNotNull();
    }
  }

  /** The offset moves the place where it ends. */
  private static int dive(User user, int offset) {
    if (offset > 0) {
      return dive(user, offset - 1) + 1;
    }
    user.use();
    return dive(user, 0) + 1;
  }
}
