package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.store.ChildJvm;
import dev.memo.store.InstalledJdks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Keys that are made in JVMs of another kind, in other surroundings. */
@Tag("heavy")
class KeysInOtherJvmsTest {
  private static final List<String> SURROUNDINGS =
      List.of(
          "-Duser.language=en -Duser.country=US -Duser.timezone=UTC -Dfile.encoding=UTF-8",
          "-Duser.language=tr -Duser.country=TR -Duser.timezone=Asia/Kathmandu"
              + " -Dfile.encoding=ISO-8859-1 -XX:hashCode=2",
          "-Duser.language=ar -Duser.country=EG -Duser.timezone=America/St_Johns"
              + " -Dfile.encoding=US-ASCII -XX:hashCode=3",
          "-Duser.language=th -Duser.country=TH -Duser.variant=TH -Duser.timezone=Pacific/Apia"
              + " -Dfile.encoding=UTF-16 -XX:hashCode=0");

  @Test
  @DisplayName("P2: keys are the same whatever the locale, zone, charset and hash seed of the JVM")
  void bytesAreTheSameInOtherSurroundings() {
    requireSameKeys(Path.of(System.getProperty("java.home"), "bin", "java"), 6);
  }

  @Test
  @DisplayName("P2: keys are the same on JDK 17 and 25")
  void bytesAreTheSameOnTheOtherJdk() throws IOException {
    String other = Runtime.version().feature() < 25 ? "25" : "17";
    requireSameKeys(InstalledJdks.require(other).java(other), 6);
  }

  /** Runs them all at once; {@code differing} is how many of their surroundings must differ. */
  private static void requireSameKeys(Path java, int differing) {
    List<ChildJvm> children = new ArrayList<>();
    Map<String, List<String>> seen = new TreeMap<>();
    try {
      SURROUNDINGS.forEach(options -> children.add(start(java, options)));
      List<String> expected = KeysOfThisJvm.lines();
      for (ChildJvm child : children) {
        List<String> lines = new ArrayList<>(child.awaitEnd());
        lines.stream()
            .filter(line -> line.startsWith(KeysOfThisJvm.SURROUNDINGS))
            .map(line -> line.substring(KeysOfThisJvm.SURROUNDINGS.length()).split(" ", 2))
            .forEach(pair -> seen.computeIfAbsent(pair[0], key -> new ArrayList<>()).add(pair[1]));
        lines.removeIf(line -> line.startsWith(KeysOfThisJvm.SURROUNDINGS));
        assertThat(lines).as("%s", child.process().info()).containsExactlyElementsOf(expected);
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    assertThat(seen.values().stream().filter(values -> values.stream().distinct().count() > 1))
        .as("what differs between the JVMs, so that it could be seen in keys: %s", seen)
        .hasSize(differing);
  }

  private static ChildJvm start(Path java, String options) {
    ChildJvm.Builder child =
        ChildJvm.of(KeysOfThisJvm.class)
            .java(java)
            .shortLived()
            .option("-XX:+UnlockExperimentalVMOptions");
    for (String option : options.split(" ", -1)) {
      child.option(option);
    }
    return child.start();
  }
}
