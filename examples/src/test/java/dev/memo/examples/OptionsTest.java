package dev.memo.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

  @Test
  void nothingTypedMeansHalfAMinuteOfWorkOnAllProcessors() {
    Options options = Options.parse();
    assertThat(options.classes()).isEqualTo(420);
    assertThat(options.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(options.processes()).isEqualTo(1);
    assertThat(options.directory()).isEmpty();
    assertThat(options.help()).isFalse();
  }

  @Test
  void everyOptionIsRead() {
    String line =
        "--classes 5 --threads 3 --processes 4 --top 2 --directory some/where --progress --help";
    Options options = Options.parse(line.split(" "));
    assertThat(options.classes()).isEqualTo(5);
    assertThat(options.threads()).isEqualTo(3);
    assertThat(options.processes()).isEqualTo(4);
    assertThat(options.top()).isEqualTo(2);
    assertThat(options.directory()).contains(Path.of("some/where"));
    assertThat(options.progress()).isTrue();
    assertThat(options.help()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "--clases 5,     unknown option: --clases",
    "--classes,      --classes needs a value",
    "--classes 1,    '--classes must be a number from 2 to 10000, got: 1'",
    "--threads 0,    '--threads must be a number from 1 to 1000, got: 0'",
    "--processes 65, '--processes must be a number from 1 to 64, got: 65'",
    "--top many,     '--top must be a number from 1 to 10000, got: many'",
    "--directory a\0b, '--directory must be a path, got: a\0b'"
  })
  void mistakesAreNamed(String line, String message) {
    assertThatThrownBy(() -> Options.parse(line.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
