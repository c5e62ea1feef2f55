package dev.memo.processor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A JDK of this machine: the one that runs, or one as Debian and others install them. */
record Jdk(Path home) {
  private static final Path JVMS = Path.of("/usr/lib/jvm");

  /** No tool runs long enough to gain by what takes time to begin. */
  private static final List<String> SHORT_LIFE =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  static Jdk running() {
    return new Jdk(Path.of(System.getProperty("java.home")));
  }

  /** One of a feature version; without one the test is skipped. */
  static Jdk require(int feature) throws IOException {
    if (Runtime.version().feature() == feature) {
      return running();
    }
    List<Jdk> found = new ArrayList<>();
    for (Jdk jdk : installed()) {
      if (jdk.feature().equals(String.valueOf(feature))) {
        found.add(jdk);
      }
    }
    assumeTrue(!found.isEmpty(), "needs JDK " + feature + " in " + JVMS);
    return found.get(0);
  }

  private static List<Jdk> installed() throws IOException {
    if (!Files.isDirectory(JVMS)) {
      return List.of();
    }
    try (Stream<Path> homes = Files.list(JVMS)) {
      return homes
          .filter(home -> Files.isExecutable(home.resolve("bin").resolve("javac")))
          .filter(home -> Files.isReadable(home.resolve("release")))
          .sorted()
          .map(Jdk::new)
          .toList();
    }
  }

  private String feature() throws IOException {
    return Files.readAllLines(home.resolve("release")).stream()
        .filter(line -> line.startsWith("JAVA_VERSION="))
        .map(line -> line.replaceAll("JAVA_VERSION=\"(\\d+).*", "$1"))
        .findFirst()
        .orElse("");
  }

  /** Runs one of its tools. */
  ProgramRun run(String tool, Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve(tool).toString());
    SHORT_LIFE.forEach(option -> command.add(tool.equals("java") ? option : "-J" + option));
    command.addAll(arguments);
    return ProgramRun.in(folder, command);
  }
}
