package dev.memo.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SelectionTest {
  @Test
  void withoutWordsAllAreWanted() {
    assertThat(new Selection(new String[0]).wants("hit, primary")).isTrue();
  }

  @Test
  void oneOfTheWordsIsEnough() {
    Selection selection = new Selection(new String[] {"takeover", "hit"});

    assertThat(selection.wants("hit, primary")).isTrue();
    assertThat(selection.wants("miss, primary")).isFalse();
  }

  @Test
  void wordsThatNoRowContainsAreAnsweredWithTheRows() {
    Selection selection = new Selection(new String[] {"apart"});
    boolean unused = selection.wants("hit") || selection.wants("miss");

    assertThat(explanation(selection))
        .isEqualTo("No row contains one of [apart]. The rows are:\nhit\nmiss\n");
  }

  @Test
  void nothingIsExplainedIfSomeRowIsWanted() {
    Selection selection = new Selection(new String[] {"apart", "miss"});
    boolean unused = selection.wants("hit") || selection.wants("miss");

    assertThat(explanation(selection)).isEmpty();
  }

  private static String explanation(Selection selection) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      selection.explain();
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
