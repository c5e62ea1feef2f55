package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.assertj.core.api.AbstractThrowableAssert;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How Lincheck tries what threads can do to each other. It makes up scenarios, short programs of
 * three threads, from the operations of a class, always the same ones, and compares what they
 * return with what the promise, the same operations without threads, could return in some order.
 *
 * <p>The model checker decides itself when threads are switched: at each size it finds the faults
 * of all twins that keep to it. Stress leaves that to the machine: it adds what the model checker
 * does not model, the order in which memory is seen and the insides of Caffeine, but a fault that
 * needs a switch at one certain place it meets by luck only. It found neither twin of the borrow,
 * nor epochs that are read too late; that it finds nothing says little by itself.
 */
public enum Interleavings {
  MODEL_CHECKED(1_000, 2_000) {
    @Override
    Options<?, ?> options() {
      return new ModelCheckingOptions()
          // deep, which looks like a loop without end, and not about threads
          .addGuarantee(forClasses(StackReserve.class.getName()).allMethods().ignore())
          // a switch of threads within them says nothing about memo
          .addGuarantee(
              forClasses(name -> name.startsWith("com.github.benmanes.caffeine."))
                  .allMethods()
                  .treatAsAtomic());
    }
  },

  STRESSED(2_000, 20_000) {
    @Override
    Options<?, ?> options() {
      return new StressOptions();
    }
  };

  private static final boolean SOAK = System.getProperty("memo.test.size", "").equals("soak");

  private final int tries;
  private final int triesInSoak;

  Interleavings(int tries, int triesInSoak) {
    this.tries = tries;
    this.triesInSoak = triesInSoak;
  }

  abstract Options<?, ?> options();

  /** Fails if a scenario has an outcome that the promise does not have. */
  public void assertKeeps(Class<?> promise, Class<?> operations) {
    check(promise, operations);
  }

  /**
   * For twins: fails unless a scenario has an outcome that the promise does not have. As many are
   * tried as where the promise is kept, so this fault would have been found there.
   */
  public AbstractThrowableAssert<?, ?> assertBreaks(Class<?> promise, Class<?> operations) {
    return assertThatThrownBy(() -> check(promise, operations))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  /** For twins: fails unless a scenario does not end, among as many as in the other two. */
  public void assertHangs(Class<?> promise, Class<?> operations) {
    assertThatThrownBy(() -> check(promise, operations))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("The execution has hung");
  }

  private void check(Class<?> promise, Class<?> operations) {
    options()
        .iterations(SOAK ? 20 : 3)
        .invocationsPerIteration(SOAK ? triesInSoak : tries)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .minimizeFailedScenario(false)
        .sequentialSpecification(promise)
        .check(operations);
  }
}
