package dev.memo.evolution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One way in which a program changes while its directory stays: the sources of its versions, and
 * what they have to compute when they run in turn, the oldest first, round and round.
 *
 * <p>A version is what a class {@code Program} contains: the method {@code f} that is cached, and
 * the types that it uses. It is called with 0, 1 and 2, or with what its {@code inputs()} returns.
 *
 * @param versions for each the members of {@code Program}, then whole files
 * @param turns for each turn the misses by reason, as in {@code "1 ABSENT, 2 SHAPES"}, and how many
 *     results were not stored
 */
record Change(String what, List<List<String>> versions, List<String> turns) {
  Change {
    versions = List.copyOf(versions);
    turns = List.copyOf(turns);
  }

  static Change of(String what) {
    return new Change(what, List.of(), List.of());
  }

  /** The next version of the program. */
  Change program(String members, String... files) {
    List<String> version = new ArrayList<>(List.of(members));
    version.addAll(List.of(files));
    List<List<String>> more = new ArrayList<>(versions);
    more.add(version);
    return new Change(what, more, turns);
  }

  /** What is computed in each turn; afterwards nothing is. */
  Change computes(String... misses) {
    List<String> expected = new ArrayList<>(List.of(misses));
    for (int i = 0; i < versions.size(); i++) {
      expected.add(Program.NOTHING);
    }
    return new Change(what, versions, expected);
  }

  /** What is computed in every turn, since nothing of it is stored. */
  Change alwaysComputes(String misses) {
    return new Change(what, versions, Collections.nCopies(2 * versions.size(), misses));
  }

  /** How many runs of the function all turns together cost. */
  int computations() {
    return turns.stream()
        .filter(turn -> !turn.equals(Program.NOTHING))
        .mapToInt(turn -> Integer.parseInt(turn.substring(0, turn.indexOf(' '))))
        .sum();
  }

  /** The version that runs in a turn. */
  int versionOf(int turn) {
    return turn % versions.size();
  }

  @Override
  public String toString() {
    return what;
  }
}
