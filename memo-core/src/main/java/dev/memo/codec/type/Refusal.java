package dev.memo.codec.type;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an argument or of a result cannot be encoded. Thrown where that is seen; every step on
 * the way out adds itself, so that the path costs nothing until it is needed. Never leaves the
 * codec.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of a longer path, as many steps are shown at each end. */
  private static final int STEPS_SHOWN = 12;

  /** From the inside out. */
  private final transient List<String> steps = new ArrayList<>();

  public Refusal(String why) {
    this(why, null);
  }

  public Refusal(String why, @Nullable Throwable cause) {
    super(why, cause, false, false);
  }

  /** The failure, one step further out. Failures of foreign code become refusals. */
  public static Refusal at(String step, Throwable failure) {
    Refusal refusal = of(failure);
    refusal.steps.add(step);
    return refusal;
  }

  /** The failure as a refusal; the foreign exception is its cause. */
  public static Refusal of(Throwable failure) {
    return failure instanceof Refusal refusal
        ? refusal
        : new Refusal("reading it failed: " + failure, failure);
  }

  /** "argument.items[3].owner: why". */
  public String describe(String root) {
    StringBuilder path = new StringBuilder(root);
    int count = steps.size();
    for (int i = count - 1; i >= 0; i--) {
      int fromRoot = count - 1 - i;
      if (count > 2 * STEPS_SHOWN && fromRoot == STEPS_SHOWN) {
        path.append(" ... ");
        i = STEPS_SHOWN;
      } else {
        path.append(steps.get(i));
      }
    }
    return path + ": " + getMessage();
  }
}
