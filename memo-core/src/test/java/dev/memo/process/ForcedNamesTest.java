package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.claims.CallKey;
import dev.memo.claims.PutAnswer;
import dev.memo.store.ChildJvm;
import dev.memo.store.Commands;
import dev.memo.store.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is forced to the medium while a directory is made, as the operating system sees it. */
@Tag("heavy")
final class ForcedNamesTest {
  /** A call that forces a file, its file shown by {@code strace -y}. */
  private static final Pattern FORCED = Pattern.compile("(?:fsync|fdatasync)\\(\\d+<([^>]+)>.*");

  private static final String[] STRACE = {
    "strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync"
  };

  private final Path folder;

  ForcedNamesTest(@TempDir Path folder) throws IOException {
    this.folder = folder.toRealPath();
  }

  @BeforeEach
  void requireStrace() throws InterruptedException {
    assumeTrue(Commands.succeeds("strace", "-qq", "-o", "/dev/null", "true"), "no strace here");
  }

  @Test
  @DisplayName("P3: with POWER_LOSS, all folders on the way to a new directory are forced")
  void powerLossForcesTheWholeWay() throws IOException {
    assertThat(forced(Durability.POWER_LOSS))
        .contains(
            folder.toString(),
            folder + "/a",
            folder + "/a/b",
            folder + "/a/b/d",
            folder + "/a/b/d/data");
  }

  @Test
  @DisplayName("P3, twin: with PROCESS_CRASH, a power cut can take folders on the way")
  void processCrashDoesNot() throws IOException {
    assertThat(forced(Durability.PROCESS_CRASH))
        .contains(folder + "/a/b/d") // without its FORMAT a directory is not recognised
        .doesNotContain(folder.toString(), folder + "/a");
  }

  private Set<String> forced(Durability durability) throws IOException {
    Path trace = folder.resolve("trace");
    try (ChildJvm child =
        ChildJvm.of(Opener.class, folder.resolve("a/b/d"), durability)
            .prefix(STRACE)
            .prefix("-o", trace.toString())
            .start()) {
      child.awaitLine("opened");
      child.awaitEnd();
    }
    return forcedIn(trace);
  }

  private static Set<String> forcedIn(Path trace) throws IOException {
    Set<String> forced = new TreeSet<>();
    for (String line : Files.readAllLines(trace)) {
      Matcher call = FORCED.matcher(line.replaceFirst("^\\d+ +", ""));
      if (call.matches()) {
        forced.add(call.group(1));
      }
    }
    return forced;
  }

  @Test
  @DisplayName("P3: with POWER_LOSS, the name of a spool is forced with what is in it")
  void powerLossForcesTheNameOfASpool() throws IOException {
    assertThat(forcedBySpooling(Durability.POWER_LOSS))
        .contains(folder.toString(), folder + "/spool", folder + "/spool/member");
  }

  @Test
  @DisplayName("P3, twin: with PROCESS_CRASH, a power cut can take a spool")
  void processCrashForcesNoSpool() throws IOException {
    assertThat(forcedBySpooling(Durability.PROCESS_CRASH))
        .noneMatch(name -> name.startsWith(folder.toString()));
  }

  private Set<String> forcedBySpooling(Durability durability) throws IOException {
    FormatFile.write(new Layout(folder));
    Path trace = folder.resolve("trace");
    try (ChildJvm child =
        ChildJvm.of(Spooler.class, folder, durability)
            .prefix(STRACE)
            .prefix("-o", trace.toString())
            .start()) {
      child.awaitLine("spooled");
      child.awaitEnd();
    }
    return forcedIn(trace);
  }

  /** Spools the first result of a directory. */
  static final class Spooler {
    private Spooler() {}

    public static void main(String[] arguments) {
      Layout layout = new Layout(Path.of(arguments[0]));
      boolean forces = Durability.valueOf(arguments[1]) == Durability.POWER_LOSS;
      ControlPage page = ControlPage.openAsOwner(layout.control(), 0);
      try (Spool spool = new Spool(layout, "member", forces, page)) {
        PutAnswer answer =
            spool.add(new UUID(1, 2), CallKey.of(7, new byte[] {1}), 1, 0, new byte[] {2});
        System.out.println(answer instanceof PutAnswer.Spooled ? "spooled" : answer.toString());
      }
    }
  }

  /** Makes a directory. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      Durability durability = Durability.valueOf(arguments[1]);
      OpenDirectoryTest.open(Path.of(arguments[0]), DirectorySettings.DEFAULT.with(durability))
          .close();
      System.out.println("opened");
    }
  }
}
