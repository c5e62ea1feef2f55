package dev.memo.benchmarks;

import dev.memo.benchmarks.stores.StoreKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was promised, and what was measured. As text, a table. */
final class Bars {
  private final List<Bar> bars = new ArrayList<>();

  private record Bar(String what, double atMost, Spread measured) {
    /** A time below 0, as of one that was subtracted from another, says nothing. */
    private boolean isMet() {
      return measured.median() >= 0 && measured.median() <= atMost;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-64s %-9s %-24s %s%n",
          what,
          Spread.number(atMost),
          measured.precisely(),
          isMet() ? "met" : "MISSED");
    }
  }

  void add(
      String what,
      double atMost,
      Map<String, List<Double>> results,
      StoreKind one,
      StoreKind other) {
    add(what, atMost, results.get(one.toString()), results.get(other.toString()));
  }

  /** Round by round; nothing if one of the two was not measured. */
  void add(String what, double atMost, @Nullable List<Double> rounds, @Nullable List<Double> base) {
    if (rounds != null && base != null) {
      bars.add(new Bar(what, atMost, Spread.ratios(rounds, base)));
    }
  }

  @Override
  public String toString() {
    if (bars.isEmpty()) {
      return "";
    }
    StringBuilder text =
        new StringBuilder(
            String.format(Locale.ROOT, "%n%-64s %-9s %-24s%n", "Promised", "at most", "measured"));
    bars.forEach(text::append);
    return text.toString();
  }
}
