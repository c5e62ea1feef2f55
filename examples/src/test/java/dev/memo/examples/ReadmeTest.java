package dev.memo.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** Compiles and runs what the README shows. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

  /** A fenced block, and the comment before it that says what it is. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:<!-- ([^>]*) -->\\n)?```(\\w+)\\n(.*?)```\\n", Pattern.DOTALL | Pattern.MULTILINE);

  private record Block(String what, String language, String text) {}

  @TempDir Path folder;

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(ROOT.resolve("README.md")));
    while (matcher.find()) {
      String what = matcher.group(1) == null ? "" : matcher.group(1);
      blocks.add(new Block(what, matcher.group(2), matcher.group(3)));
    }
    return blocks;
  }

  private static Block block(String what) throws IOException {
    return blocks().stream()
        .filter(block -> block.what.equals(what))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the README has no block: " + what));
  }

  @Test
  void everyBlockOfJavaSaysWhatItIs() throws IOException {
    assertThat(blocks())
        .filteredOn(block -> block.language.equals("java"))
        .hasSizeGreaterThanOrEqualTo(4)
        .allMatch(block -> block.what.equals("snippet") || block.what.startsWith("file: "));
  }

  @Test
  void everythingCompilesUnderAllWarningsAndRuns() throws Exception {
    compile(sources());

    for (String name : new TreeMap<>(sources()).keySet()) {
      if (name.startsWith("Snippet")) {
        assertThat(run(name.replace(".java", ""), folder.toString())).isNotEmpty();
      }
    }
  }

  @Test
  void firstAndSecondRunPrintWhatIsShown() throws Exception {
    compile(sources());

    String twice = run("Quickstart") + run("Quickstart");

    assertThat(twice).isEqualTo(block("output of two runs: Quickstart").text);
  }

  @Test
  void tryItHasExactlyTwoCommands() throws IOException {
    Block commands =
        blocks().stream().filter(block -> block.language.equals("sh")).findFirst().orElseThrow();

    assertThat(commands.text.lines()).hasSize(2).allMatch(line -> line.startsWith("mvn "));
    assertThat(Files.readString(ROOT.resolve(".ci/run")))
        .as("CI runs the second one")
        .contains(commands.text.lines().toList().get(1));
  }

  @Test
  void buildSnippetsNameTheVersionsOfThisBuild() throws Exception {
    Document pom = parse(Files.readString(ROOT.resolve("pom.xml")));
    String version = pom.getElementsByTagName("version").item(0).getTextContent();

    Document snippet = parse("<project>" + block("build: maven").text + "</project>");
    List<String> versions = new ArrayList<>();
    for (int i = 0; i < snippet.getElementsByTagName("version").getLength(); i++) {
      versions.add(snippet.getElementsByTagName("version").item(i).getTextContent());
    }

    assertThat(versions).hasSize(3).contains(version);
    assertThat(block("build: gradle").text)
        .contains("dev.memo:memo-core:" + version)
        .contains("dev.memo:memo-processor:" + version);
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(UTF_8)));
  }

  /** The files of the README, and its snippets as programs. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (Block block : blocks()) {
      if (block.what.startsWith("file: ")) {
        sources.put(block.what.substring("file: ".length()), block.text);
      } else if (block.what.equals("snippet")) {
        String name = "Snippet" + sources.size();
        sources.put(name + ".java", program(name, block.text));
      }
    }
    return sources;
  }

  private static String program(String name, String statements) {
    return """
        import dev.memo.*;
        import dev.memo.annotation.*;
        import dev.memo.call.*;
        import dev.memo.codec.*;
        import dev.memo.parallel.*;
        import dev.memo.store.*;
        import java.nio.file.*;
        import java.time.*;
        import java.util.*;
        import java.util.stream.*;

        @SuppressWarnings("try")
        final class %s {
          public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            %s
          }
        }
        """
        .formatted(name, statements);
  }

  private void compile(Map<String, String> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
      List<Path> paths = new ArrayList<>();
      for (Map.Entry<String, String> source : sources.entrySet()) {
        paths.add(Files.writeString(folder.resolve(source.getKey()), source.getValue()));
      }
      StringWriter messages = new StringWriter();
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of(
                      "-d",
                      folder.toString(),
                      "-Xlint:all,-path",
                      "-Werror",
                      "-processor",
                      "dev.memo.processor.CachedProcessor",
                      "-Amemo.keyTypes=Weather.Station"),
                  null,
                  files.getJavaFileObjectsFromPaths(paths))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  private String run(String main, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // short lives
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-Dmemo.home=" + folder);
    command.add("-cp");
    command.add(folder + ":" + System.getProperty("java.class.path"));
    command.add(main);
    Stream.of(args).forEach(command::add);
    Path errors = folder.resolve("errors.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors) + output).isZero();
    return output;
  }
}
