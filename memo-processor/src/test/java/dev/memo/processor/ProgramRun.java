package dev.memo.processor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that was run to its end.
 *
 * @param output what it said, errors included
 */
record ProgramRun(int status, String output) {
  private static final long PATIENCE_SECONDS = 120;

  /** What people may have in their environment that makes a JDK speak, or do otherwise. */
  private static final List<String> OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JDK_JAVAC_OPTIONS", "_JAVA_OPTIONS");

  static ProgramRun in(Path folder, List<String> command) throws IOException {
    return in(folder, command, Map.of());
  }

  /**
   * As above.
   *
   * @param environment added to this JVM's, without what is said there to JDKs and to Maven
   */
  static ProgramRun in(Path folder, List<String> command, Map<String, String> environment)
      throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> OPTIONS.contains(name) || name.startsWith("MAVEN_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(command.get(0) + " does not end: " + Files.readString(output));
      }
      return new ProgramRun(process.exitValue(), Files.readString(output));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }
}
