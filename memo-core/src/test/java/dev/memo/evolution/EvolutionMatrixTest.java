package dev.memo.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Binding;
import dev.memo.Memo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Programs that change while their directory stays: every call gets what its own program computes,
 * no program computes a call twice, and what a change does not touch is still found.
 */
class EvolutionMatrixTest {
  private static final List<Change> CHANGES =
      Stream.of(RecordChanges.all(), HierarchyChanges.all(), CallChanges.all())
          .flatMap(List::stream)
          .toList();

  @TempDir static Path folder;
  private static CompiledChanges compiled;
  private static Binding binding;

  @BeforeAll
  static void compile() throws IOException {
    compiled = new CompiledChanges(CHANGES, folder);
    compiled.compile();
    binding = Memo.bind(Program.DIRECTORY, folder.resolve(Program.DIRECTORY));
  }

  @AfterAll
  static void close() {
    binding.close();
  }

  static List<Change> changes() {
    return CHANGES;
  }

  @ParameterizedTest
  @MethodSource("changes")
  @DisplayName("P2: versions of a program in turn never see a wrong value, nor compute one twice")
  void versionsTakeTurns(Change change) throws Exception {
    List<String> turns = new ArrayList<>();
    for (int turn = 0; turn < change.turns().size(); turn++) {
      turns.add(compiled.load(change, change.versionOf(turn)).takeTurn());
    }
    assertThat(turns).as(change.what()).isEqualTo(change.turns());
  }
}
