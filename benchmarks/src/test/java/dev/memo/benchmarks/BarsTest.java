package dev.memo.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BarsTest {
  private final Bars bars = new Bars();

  @Test
  void whatIsExactlyAtTheBarHasMetIt() {
    bars.add("hit", 2, List.of(4.0, 5.0, 9.0), List.of(2.0, 2.0, 6.0));

    assertThat(lines())
        .containsExactly("Promised | at most | measured", "hit | 2.00 | 2.000 [1.50..2.50] | met");
  }

  @Test
  void medianAboveTheBarMissesIt() {
    bars.add("hit", 1.3, List.of(1.0, 4.0, 4.0), List.of(1.0, 2.0, 2.0));

    assertThat(lines()).endsWith("hit | 1.30 | 2.000 [1.00..2.00] | MISSED");
  }

  @Test
  void aHairAboveTheBarShows() {
    bars.add("batch", 0.7, List.of(0.703), List.of(1.0));

    assertThat(lines()).endsWith("batch | 0.70 | 0.703 [0.70..0.70] | MISSED");
  }

  @Test
  void whatCannotBeComparedHasNotMetTheBar() {
    bars.add("hit", 1.3, List.of(0.0), List.of(0.0));

    assertThat(lines()).endsWith("hit | 1.30 | NaN [NaN..NaN] | MISSED");
  }

  @Test
  void timeBelowZeroHasNotMetTheBar() {
    bars.add("hit", 1.3, List.of(5.0), List.of(-1.0));
    assertThat(lines()).endsWith("hit | 1.30 | -5.000 [-5.00..-5.00] | MISSED");
  }

  @Test
  void nothingIsSaidOfWhatWasNotMeasured() {
    bars.add("hit", 2, List.of(1.0), null);
    bars.add("miss", 2, null, List.of(1.0));

    assertThat(bars.toString()).isEmpty();
  }

  /** With bars for the spaces between columns. */
  private List<String> lines() {
    return bars.toString()
        .strip()
        .lines()
        .map(line -> line.strip().replaceAll(" {2,}", " | "))
        .toList();
  }
}
