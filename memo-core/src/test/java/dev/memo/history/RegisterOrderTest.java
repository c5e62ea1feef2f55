package dev.memo.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The search for an order of steps finds one if and only if there is one. */
final class RegisterOrderTest {
  private static final long SEED = Long.getLong("memo.test.seed", 20261128L);
  private static final int HISTORIES = 40_000;
  private static final int MAX_STEPS = 7;

  @Test
  @DisplayName("it agrees with trying all orders, on random histories")
  void agreesWithTryingAllOrders() {
    Random random = new Random(SEED);
    int good = 0;
    for (int i = 0; i < HISTORIES; i++) {
      List<Step> steps = steps(random);
      boolean expected = AllOrders.hasOne(steps);
      good += expected ? 1 : 0;
      assertThat(RegisterOrder.misfit(steps) == null)
          .as("seed %s, history %s: %s", SEED, i, steps)
          .isEqualTo(expected);
    }
    System.out.println("seed " + SEED + ": " + good + " of " + HISTORIES + " histories are good");
    assertThat(good).isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
  }

  private static List<Step> steps(Random random) {
    List<Step> steps = new ArrayList<>();
    int count = 1 + random.nextInt(MAX_STEPS);
    int range = 2 + random.nextInt(20);
    int values = 0;
    for (int i = 0; i < count; i++) {
      long earliest = random.nextInt(range);
      long latest = earliest + random.nextInt(range);
      switch (random.nextInt(5)) {
        case 0 -> steps.add(Step.insert(++values, earliest, latest, since(random, earliest)));
        case 1 -> steps.add(Step.write(++values, earliest, latest, since(random, earliest)));
        case 2 -> {
          boolean optional = random.nextBoolean();
          boolean endless = optional && random.nextBoolean();
          steps.add(Step.clear(earliest, endless ? Operation.NEVER : latest, optional));
        }
        default -> steps.add(Step.read(1 + random.nextInt(3), earliest, latest));
      }
    }
    return steps;
  }

  private static long since(Random random, long earliest) {
    return random.nextInt(3) == 0 ? Operation.NEVER : earliest - random.nextInt(5);
  }

  /** The definition, tried out: any order of any choice, if it keeps to times and registers. */
  private static final class AllOrders {
    private final List<Step> steps;
    private final boolean[] happened;

    private AllOrders(List<Step> steps) {
      this.steps = steps;
      this.happened = new boolean[steps.size()];
    }

    static boolean hasOne(List<Step> steps) {
      return new AllOrders(steps).goOn(Operation.NOTHING, Long.MIN_VALUE);
    }

    private boolean goOn(long value, long changed) {
      boolean complete = true;
      for (int i = 0; i < happened.length; i++) {
        complete &= happened[i] || steps.get(i).optional();
      }
      if (complete) {
        return true;
      }
      for (int i = 0; i < happened.length; i++) {
        if (!happened[i] && isNext(steps.get(i)) && tryNext(i, value, changed)) {
          return true;
        }
      }
      return false;
    }

    /** Whether it may come after all that have happened. */
    private boolean isNext(Step step) {
      for (int i = 0; i < happened.length; i++) {
        if (happened[i] && step.latest() < steps.get(i).earliest()) {
          return false;
        }
      }
      return true;
    }

    private boolean tryNext(int index, long value, long changed) {
      Step step = steps.get(index);
      boolean fits =
          switch (step.type()) {
            case INSERT -> value == Operation.NOTHING && changed <= step.since();
            case WRITE -> changed <= step.since();
            case CLEAR -> true;
            case READ -> value == step.value();
          };
      if (!fits) {
        return false;
      }
      happened[index] = true;
      boolean changes = step.type() == Step.Type.WRITE || step.type() == Step.Type.CLEAR;
      boolean found = goOn(step.value(), changes ? Math.max(changed, step.earliest()) : changed);
      happened[index] = false;
      return found;
    }
  }
}
