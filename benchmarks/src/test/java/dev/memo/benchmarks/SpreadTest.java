package dev.memo.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void medianIsThatOfTheRoundsWhateverTheirOrder() {
    assertThat(Spread.of(List.of(5.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 5));
  }

  @Test
  void ofAnEvenNumberTheUpperOneIsTheMedian() {
    assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0)).median()).isEqualTo(3);
  }

  @Test
  void oneRoundIsAllOfIt() {
    assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void ratiosAreThoseOfTheRoundsNotOfTheMedians() {
    // the machine was slow in the second round, for both
    assertThat(Spread.ratios(List.of(2.0, 20.0, 3.0), List.of(1.0, 10.0, 1.0)))
        .isEqualTo(new Spread(2, 2, 3));
  }

  @Test
  void ratiosToWhatIsNotThereAreEmpty() {
    assertThat(Spread.ofRatios(List.of(1.0), null)).isEmpty();
    assertThat(Spread.ofRatios(null, List.of(1.0))).isEmpty();
    assertThat(Spread.ofRatios(List.of(3.0), List.of(2.0))).isEqualTo("1.50 [1.50..1.50]");
  }

  @Test
  void numbersHaveThreeDigitsThatCount() {
    assertThat(Spread.number(0)).isEqualTo("0.00");
    assertThat(Spread.number(1.234)).isEqualTo("1.23");
    assertThat(Spread.number(12.34)).isEqualTo("12.3");
    assertThat(Spread.number(123.4)).isEqualTo("123");
    assertThat(Spread.number(12345.6)).isEqualTo("12346");
    assertThat(Spread.number(-12.34)).isEqualTo("-12.3");
  }

  @Test
  void numbersThatAreRoundedUpHaveNoFourthDigit() {
    assertThat(Spread.number(9.994)).isEqualTo("9.99");
    assertThat(Spread.number(9.996)).isEqualTo("10.0");
    assertThat(Spread.number(99.94)).isEqualTo("99.9");
    assertThat(Spread.number(99.96)).isEqualTo("100");
  }

  @Test
  void textHasMedianLeastAndMost() {
    assertThat(new Spread(1.518, 1.31, 20.2)).hasToString("1.52 [1.31..20.2]");
  }
}
