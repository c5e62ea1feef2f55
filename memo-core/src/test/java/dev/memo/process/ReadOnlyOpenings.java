package dev.memo.process;

import dev.memo.process.reads.Paces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How tests open directories to read them only, and see that nothing was written. */
final class ReadOnlyOpenings {
  private static final DirectorySettings SETTINGS = DirectorySettings.DEFAULT.onlyToRead();

  /** For tests in which what is waited for comes, however busy the machine is. */
  static final OwnerWatch.Rules PATIENT =
      new OwnerWatch.Rules(OwnerWatch.Rule.PUBLISHED, Duration.ofSeconds(60));

  /** For those in which it does not. */
  static final OwnerWatch.Rules IMPATIENT =
      new OwnerWatch.Rules(OwnerWatch.Rule.PUBLISHED, Duration.ofMillis(100));

  private ReadOnlyOpenings() {}

  static OpenDirectory open(Path path) {
    return open(path, PATIENT);
  }

  static OpenDirectory open(Path path, OwnerWatch.Rules rules) {
    return OpenDirectory.openToRead(path, SETTINGS, Paces::patient, rules);
  }

  static OpenDirectory open(Path path, OpenDirectory.Reading reading, OwnerWatch.Rules rules) {
    return OpenDirectory.openToRead(path, SETTINGS, reading, rules);
  }

  /** Stores results under the first keys, closes the directory and returns them. */
  static List<String> store(Path path, int keys) {
    List<String> values = new ArrayList<>();
    try (OpenDirectory directory = Openings.open(path, Times.DEFAULT)) {
      GatedFunctions functions = GatedFunctions.of(directory);
      for (int key = 0; key < keys; key++) {
        values.add(functions.call("quick", key));
      }
    }
    return values;
  }

  /** All there is, with its size and the time of its last change. */
  static Map<String, String> content(Path root) {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        String size = Files.isDirectory(file) ? "" : Files.size(file) + " bytes, ";
        content.put(
            root.relativize(file).toString(), size + Files.getLastModifiedTime(file).toInstant());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return content;
  }

  /** The folders of this process's read-only openings. */
  static List<String> temporaryFolders() {
    String mine = "memo-reads-" + ProcessHandle.current().pid() + "-";
    return Openings.names(Path.of(System.getProperty("java.io.tmpdir"))).stream()
        .filter(name -> name.startsWith(mine))
        .toList();
  }
}
