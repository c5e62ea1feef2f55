package dev.memo.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PercentilesTest {
  @Test
  void ofAHundredTheNinetyNinthIsNotTheMost() {
    List<Double> samples = IntStream.rangeClosed(1, 100).mapToObj(i -> 101.0 - i).toList();

    assertThat(Percentiles.of(samples)).isEqualTo(new Percentiles(50, 99, 100, 100));
  }

  @Test
  void ofFewTheNinetyNinthIsTheMost() {
    assertThat(Percentiles.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Percentiles(2, 3, 3, 3));
  }

  @Test
  void textSaysHowManyThereAreAndNoNinetyNinthOfFew() {
    assertThat(Percentiles.of(List.of(62.84))).hasToString("62.8, -, 62.8 of 1");
  }
}
