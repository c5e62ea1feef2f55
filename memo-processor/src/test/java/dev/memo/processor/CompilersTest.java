package dev.memo.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.JavaFile;
import dev.memo.annotation.Cached;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.eclipse.jdt.core.compiler.batch.BatchCompiler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compilers as people start them: programs that find the processor by themselves, in whatever
 * language, order and place. They all make the same wrappers, without a warning.
 */
@Tag("heavy")
class CompilersTest {
  private static final Map<String, String> EXPECTED =
      Sources.in("expected").stream().collect(toMap(CompilersTest::place, Sources::read));

  /** Memo's processor, and the one that strict builds need for other annotations. */
  private static final List<String> PROCESSORS =
      List.of(
          "-processorpath",
          Libraries.path(Path.of(Libraries.PROCESSOR_PATH), Libraries.of(CompilersTest.class)),
          "-processor",
          CachedProcessor.class.getName() + "," + NullnessProcessor.class.getName());

  private final Path folder;
  private final Path generated;

  CompilersTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.generated = Files.createDirectories(folder.resolve("generated"));
    Files.createDirectories(folder.resolve("classes"));
  }

  @ParameterizedTest
  @CsvSource({"17, 17", "25, 17", "25, 25"})
  void javacMakesTheSameWrappersForAnyRelease(int jdk, int release) throws IOException {
    ProgramRun run =
        javac(
            Jdk.require(jdk),
            good(),
            PROCESSORS,
            Stream.concat(Sources.STRICT.stream(), Stream.of("--release", String.valueOf(release)))
                .toList());

    assertSilent(run);
    assertThat(Folders.contents(generated)).isEqualTo(EXPECTED);
  }

  /** The twin: the same compilers complain if something is to complain of. */
  @ParameterizedTest
  @ValueSource(ints = {17, 25})
  void javacIsStrictEnoughToComplain(int jdk) throws IOException {
    List<String> withoutTheOther = PROCESSORS.subList(0, 2);

    ProgramRun run = javac(Jdk.require(jdk), good(), withoutTheOther, Sources.STRICT);

    assertThat(run.status()).isNotZero();
    assertThat(run.output()).contains("No processor claimed any of these annotations");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-J-Duser.language=tr -J-Duser.country=TR"
            + " -J-Dfile.encoding=ISO-8859-1 -J-Dsun.jnu.encoding=ISO-8859-1 -parameters -g",
        "-J-Duser.language=ar -J-Duser.country=EG"
            + " -J-Dline.separator=\r\n -J-Duser.timezone=Asia/Kathmandu -g:none -nowarn",
        "-proc:only",
        "-implicit:none -sourcepath SOURCES"
      })
  void settingsOfTheCompilerDoNotMatter(String settings) throws IOException {
    String sources = Sources.RESOURCES.resolve("good").toAbsolutePath().toString();
    List<String> options = List.of(settings.replace("SOURCES", sources).split(" ", -1));

    ProgramRun run = javac(Jdk.running(), good(), PROCESSORS, options);

    assertThat(run.status()).as(run.output()).isZero();
    assertThat(Folders.contents(generated)).isEqualTo(EXPECTED);
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, "soak".equals(System.getProperty("memo.test.size")) ? 3 : 1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void orderOfSourcesDoesNotMatter(long seed) throws IOException {
    List<Path> shuffled = new ArrayList<>(good());
    Collections.shuffle(shuffled, new Random(seed));

    ProgramRun run = javac(Jdk.running(), shuffled, PROCESSORS, List.of());

    assertThat(run.status()).as("seed %d: %s", seed, run.output()).isZero();
    assertThat(Folders.contents(generated)).isEqualTo(EXPECTED);
  }

  @Test
  void compilerOfEclipseMakesTheSameWrappersAndFindsNothingToComplainOf() throws IOException {
    // it does not know "varargs", a warning of javac, and dislikes <U extends T> where T is String
    ProgramRun run = ecj(good(), "-warn:-warningToken,finalBound");

    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output()).doesNotContain(generated.toString());
    assertThat(Folders.contents(generated)).isEqualTo(EXPECTED);
  }

  /** The twin of the above. */
  @Test
  void compilerOfEclipseComplainsIfItIsAskedTo() throws IOException {
    assertThat(ecj(good(), "-warn:+all").output()).contains(generated.toString());
  }

  /** Eclipse compiles what has changed, and has class files of the rest. */
  @Test
  void compilerOfEclipseMakesOneWrapperOfOneChangedClass() throws IOException {
    ManySources many = ManySources.in(folder.resolve("sources"), 16);
    assertSilent(ecj(Folders.filesIn(folder.resolve("sources"))));
    Map<String, String> before = Folders.contents(generated);
    Path wrapper = generated.resolve("com/acme/Type9Cached.java");
    Files.delete(wrapper);
    Files.delete(folder.resolve("classes/com/acme/Type9Cached.class"));
    Path wrapperOfAnother = generated.resolve("com/acme/Type2Cached.java");
    Files.writeString(wrapperOfAnother, "not to be touched");

    assertSilent(ecj(List.of(many.file(9))));

    assertThat(wrapper).content().isEqualTo(before.get("com/acme/Type9Cached.java"));
    assertThat(wrapperOfAnother).content().isEqualTo("not to be touched");
  }

  /** As a program, that compiler writes no source whose class is on the class path already. */
  @Test
  void compilerOfEclipseIsToldToDeleteTheWrapperOfAnEarlierBuild() throws IOException {
    ManySources many = ManySources.in(folder.resolve("sources"), 16);
    assertSilent(ecj(Folders.filesIn(folder.resolve("sources"))));

    ProgramRun again = ecj(List.of(many.file(9)));

    assertThat(again.status()).isNotZero();
    assertThat(again.output())
        .contains("The wrapper com.acme.Type9Cached could not be written.")
        .contains("Remedy: delete what was generated before");
  }

  @Test
  void processorMayBeAModule() throws IOException {
    Path modules = Files.createDirectories(folder.resolve("modules"));
    Libraries.jar(CachedProcessor.class, modules.resolve("memo-processor.jar"), Map.of());
    Libraries.jar(Cached.class, modules.resolve("memo-annotations.jar"), Map.of());
    Path javaPoet = Libraries.of(JavaFile.class);
    Files.copy(javaPoet, modules.resolve(javaPoet.getFileName()));

    ProgramRun run =
        javac(
            Jdk.running(),
            good(),
            List.of("--processor-module-path", modules.toString()),
            List.of());

    assertSilent(run);
    assertThat(Folders.contents(generated)).isEqualTo(EXPECTED);
  }

  @Test
  void namesSurviveSourcesOfAnyEncoding() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("Sizes.java"),
            """
            package com.acme;

            final class Sizes {
              @dev.memo.annotation.Cached(value = "gr\\u00f6\\u00dfen.memo", name = "gr\\u00f6\\u00dfe")
              static int of(int \\u00fcber) {
                return 1;
              }
            }
            """);

    ProgramRun run =
        javac(Jdk.running(), List.of(source), PROCESSORS, List.of("-encoding", "US-ASCII"));

    assertSilent(run);
    assertThat(generated.resolve("com/acme/SizesCached.java")).content().doesNotContain("?");
  }

  /** Since Java 21 there are interfaces that say so. */
  @Test
  void orderOfSequencedSetsAndMapsIsMissed() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("Orders.java"),
            """
            package com.acme;

            import java.util.*;

            final class Orders {
              @dev.memo.annotation.Cached("orders.memo")
              static int size(SequencedSet<String> set, SequencedMap<String, Integer> map) {
                return 1;
              }
            }
            """);

    ProgramRun run = javac(Jdk.require(25), List.of(source), PROCESSORS, List.of());

    assertThat(run.output()).contains("without the order of set.", "without the order of map.");
    assertThat(run.status()).isZero();
    assertThat(generated.resolve("com/acme/OrdersCached.java")).exists();
  }

  /** Where a source belongs. */
  private static String place(Path file) {
    String packageName = Sources.read(file).lines().findFirst().orElseThrow();
    String folder = packageName.replaceFirst("package (.*);", "$1").replace('.', '/');
    return folder + "/" + file.getFileName();
  }

  private static List<Path> good() {
    return Sources.in("good").stream().map(Path::toAbsolutePath).toList();
  }

  private ProgramRun javac(
      Jdk jdk, List<Path> sources, List<String> processors, List<String> options)
      throws IOException {
    List<String> arguments = new ArrayList<>(arguments());
    arguments.addAll(processors);
    arguments.addAll(options);
    sources.forEach(source -> arguments.add(source.toString()));
    return jdk.run("javac", folder, arguments);
  }

  private List<String> arguments() {
    String classes = folder.resolve("classes").toString();
    return List.of(
        "-d",
        classes,
        "-s",
        generated.toString(),
        "-classpath",
        Libraries.path(Path.of(classes), Path.of(Libraries.CLASS_PATH)));
  }

  private ProgramRun ecj(List<Path> sources, String... options) {
    List<String> arguments = new ArrayList<>(arguments());
    arguments.addAll(List.of("--release", "17", "-encoding", "UTF-8"));
    arguments.addAll(PROCESSORS);
    arguments.addAll(List.of(options));
    sources.forEach(source -> arguments.add(source.toString()));
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    PrintWriter out = new PrintWriter(output, true, UTF_8);
    boolean passed =
        BatchCompiler.compile(arguments.toArray(String[]::new), out, out, /* progress= */ null);
    return new ProgramRun(passed ? 0 : 1, output.toString(UTF_8));
  }

  private static void assertSilent(ProgramRun run) {
    assertThat(run.output()).isEmpty();
    assertThat(run.status()).isZero();
  }
}
