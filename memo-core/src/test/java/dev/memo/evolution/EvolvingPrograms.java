package dev.memo.evolution;

import dev.memo.Binding;
import dev.memo.Memo;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All programs of the table. Run as a program, it takes one turn with each of them. */
final class EvolvingPrograms {
  static final List<Change> CHANGES =
      Stream.of(RecordChanges.all(), HierarchyChanges.all(), CallChanges.all())
          .flatMap(List::stream)
          .toList();

  /** The line before the results; what is logged goes before it. */
  static final String BEGIN = "begin";

  private EvolvingPrograms() {}

  /** Arguments: folder of the compiled programs, directory, number of the turn. */
  public static void main(String[] arguments) throws Exception {
    CompiledChanges compiled = new CompiledChanges(CHANGES, Path.of(arguments[0]));
    int turn = Integer.parseInt(arguments[2]);
    StringBuilder results = new StringBuilder();
    Binding binding = Memo.bind(Program.DIRECTORY, Path.of(arguments[1]));
    try {
      for (Change change : CHANGES) {
        if (turn < change.turns().size()) {
          Program program = compiled.load(change, change.versionOf(turn));
          results.append(line(change, program.takeTurn()));
        }
      }
    } finally {
      binding.close();
    }
    System.out.print(BEGIN + "\n" + results);
  }

  /** The lines after {@link #BEGIN}. */
  static List<String> expected(int turn) {
    return CHANGES.stream()
        .filter(change -> turn < change.turns().size())
        .map(change -> line(change, change.turns().get(turn)).strip())
        .toList();
  }

  private static String line(Change change, String computed) {
    return change.what() + ": computes " + (computed.isEmpty() ? "nothing" : computed) + "\n";
  }
}
