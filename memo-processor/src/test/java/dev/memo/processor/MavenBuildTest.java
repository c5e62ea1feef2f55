package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A project that Maven builds, again and again without {@code clean}, with all warnings as errors.
 * It takes its plugin from the local repository, and nothing from the network.
 */
@Tag("heavy")
class MavenBuildTest {
  private final Path folder;
  private final Path sources;
  private final Path maven;
  private final String plugin = "maven-compiler-plugin:" + compilerPluginVersion();

  MavenBuildTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.sources = Files.createDirectories(folder.resolve("src/main/java/com/acme"));
    Optional<Path> found = maven();
    assumeTrue(found.isPresent(), "needs the command mvn");
    this.maven = found.get();
    Path libraries = Files.createDirectories(folder.resolve("libraries"));
    Libraries.jar(Cached.class, libraries.resolve("memo-annotations.jar"), Map.of());
    Libraries.jar(CachedMethod.class, libraries.resolve("memo-core.jar"), Map.of());
    Files.copy(Libraries.of(NullMarked.class), libraries.resolve("jspecify.jar"));
    Files.writeString(
        folder.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>com.acme</groupId>
          <artifactId>app</artifactId>
          <version>1</version>
          <dependencies>%s%s%s
          </dependencies>
          <build>
            <plugins>
              <plugin>
                <artifactId>maven-compiler-plugin</artifactId>
                <version>%s</version>
                <configuration>
                  <release>17</release>
                  <encoding>UTF-8</encoding>
                  <showWarnings>true</showWarnings>
                  <compilerArgs>
                    <arg>-Xlint:all</arg>
                    <arg>-Werror</arg>
                    <arg>-processorpath</arg>
                    <arg>%s</arg>
                  </compilerArgs>
                </configuration>
              </plugin>
            </plugins>
          </build>
        </project>
        """
            .formatted(
                dependency("memo-annotations"),
                dependency("memo-core"),
                dependency("jspecify"),
                compilerPluginVersion(),
                Libraries.PROCESSOR_PATH));
    write("Geocoder", "static String locate(String address) { return address; }");
    write("Prices", "static long price(String name) { return name.length(); }");
    Files.writeString(
        sources.resolve("Main.java"),
        """
        package com.acme;

        final class Main {
          static String run() {
            return GeocoderCached.locate("here");
          }
        }
        """);
  }

  @Test
  void changesRenamesAndMistakesNeedNoClean() throws IOException {
    ProgramRun first = build();
    assumeFalse(
        first.output().contains("in offline mode"), "needs " + plugin + " in the local repository");
    assertPasses(first);
    assertThat(wrappers()).containsExactly("GeocoderCached", "PricesCached");

    write(
        "Geocoder",
        "static String locate(String address) { return address; }",
        "static int twice(int x) { return 2 * x; }");
    assertPasses(build());
    assertThat(wrappers()).containsExactly("GeocoderCached", "PricesCached");
    assertThat(generated("GeocoderCached")).content().contains("TWICE");

    Files.delete(sources.resolve("Prices.java"));
    write("Costs", "static long cost(String name) { return name.length(); }");
    assertPasses(build());
    assertThat(wrappers()).containsExactly("CostsCached", "GeocoderCached");

    write("Costs", "static Object cost(String name) { return name; }");
    ProgramRun refused = build();
    assertThat(refused.status()).isNotZero();
    assertThat(refused.output()).contains("Costs.cost(String) cannot be cached");

    write("Costs", "static long cost(String name) { return name.size(); }");
    ProgramRun broken = build();
    assertThat(broken.status()).isNotZero();
    assertThat(broken.output()).contains("cannot find symbol");

    write("Costs", "static long cost(String name) { return name.length(); }");
    assertPasses(build());
    assertThat(wrappers()).containsExactly("CostsCached", "GeocoderCached");
  }

  /** Writes a class of cached methods. */
  private void write(String name, String... methods) throws IOException {
    String body =
        Stream.of(methods)
            .map(method -> "\n  @dev.memo.annotation.Cached(\"app.memo\")\n  " + method + "\n")
            .reduce("", String::concat);
    Files.writeString(
        sources.resolve(name + ".java"),
        "package com.acme;\n\nfinal class " + name + " {" + body + "}\n");
  }

  private ProgramRun build() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                maven.toString(),
                "--offline",
                "--batch-mode",
                "org.apache.maven.plugins:" + plugin + ":compile"));
    String repository = System.getProperty("memo.test.mavenRepository");
    if (repository != null) {
      command.add("-Dmaven.repo.local=" + repository);
    }
    return ProgramRun.in(
        folder,
        command,
        Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "MAVEN_OPTS",
            "-Xmx256m -XX:TieredStopAtLevel=1"));
  }

  private static void assertPasses(ProgramRun run) {
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).contains("Compiling ").doesNotContain("COMPILATION WARNING");
  }

  /** The wrappers of which there are sources, which have to be those of which there are classes. */
  private List<String> wrappers() throws IOException {
    List<String> classes = named(folder.resolve("target/classes"), "class");
    assertThat(named(folder.resolve("target/generated-sources"), "java")).isEqualTo(classes);
    return classes;
  }

  private static List<String> named(Path folder, String extension) throws IOException {
    return Folders.filesIn(folder).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.endsWith("Cached." + extension))
        .map(name -> name.substring(0, name.lastIndexOf('.')))
        .toList();
  }

  private Path generated(String wrapper) {
    return folder.resolve("target/generated-sources/annotations/com/acme/" + wrapper + ".java");
  }

  private String dependency(String library) {
    return """

            <dependency>
              <groupId>library</groupId>
              <artifactId>%s</artifactId>
              <version>1</version>
              <scope>system</scope>
              <systemPath>%s/libraries/%s.jar</systemPath>
            </dependency>"""
        .formatted(library, folder, library);
  }

  /** The one that is sure to be in the local repository. */
  private static String compilerPluginVersion() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>maven-compiler-plugin</artifactId>\\s*<version>(.*)</version>")
            .matcher(Files.readString(Path.of("..", "pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  /** That of this build; else the one on the path. */
  private static Optional<Path> maven() {
    String home = System.getProperty("memo.test.maven");
    Stream<Path> own = home == null ? Stream.of() : Stream.of(Path.of(home, "bin", "mvn"));
    Stream<Path> others =
        Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry, "mvn"));
    return Stream.concat(own, others).filter(Files::isExecutable).findFirst();
  }
}
