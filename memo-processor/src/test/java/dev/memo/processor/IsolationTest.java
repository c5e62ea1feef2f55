package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.memo.annotation.Cached;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Gradle demands of a processor that it is told is isolating: what is generated depends on one
 * class alone, so that a change of one source costs one wrapper, and what is there after any row of
 * changes is, byte for byte, what a clean build makes.
 */
@Tag("heavy")
class IsolationTest {
  private final Path folder;

  IsolationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private ManySources write(int count) throws IOException {
    return ManySources.in(folder.resolve("sources"), count);
  }

  @Test
  void changesOfOneSourceOf300WriteOneWrapperAndEndAsACleanBuild() throws IOException {
    ManySources sources = write(300);
    IsolatingBuild build = IsolatingBuild.into(folder.resolve("built"));
    RecordingFiles all = build.compile(Folders.filesIn(folder.resolve("sources")));
    assertThat(all.sources()).hasSizeGreaterThanOrEqualTo(300);
    assertThat(all.resources()).isEmpty();
    assertThat(build.origins().keySet()).isEqualTo(all.sources());

    Iterator<Integer> unused = sources.unused("Static");
    int body = unused.next();
    sources.edit(body, "return new Data(name,", "return new Data(name + name,");
    assertOnlyWrapperWritten(body, build.compile(List.of(sources.file(body))));

    int method = unused.next();
    sources.edit(
        method,
        "  private Type",
        "  @Cached(\"many.memo\") static int twice(int x) { return 2 * x; }\n  private Type");
    assertOnlyWrapperWritten(method, build.compile(List.of(sources.file(method))));

    int signature = unused.next();
    sources.edit(signature, "read(String name)", "read(String name, long size)");
    assertOnlyWrapperWritten(signature, build.compile(List.of(sources.file(signature))));

    int oneAnnotation = unused.next();
    sources.edit(oneAnnotation, "@Cached(\"many.memo\")\n  public", "public");
    assertOnlyWrapperWritten(oneAnnotation, build.compile(List.of(sources.file(oneAnnotation))));

    int allAnnotations = unused.next();
    sources.edit(allAnnotations, "@Cached(\"many.memo\")", "");
    sources.edit(allAnnotations, "import dev.memo.annotation.Cached;", "");
    RecordingFiles without = build.compile(List.of(sources.file(allAnnotations)));
    assertThat(without.sources()).isEmpty();

    int deleted = unused.next();
    Files.delete(sources.file(deleted));
    build.deleteWhatWasMadeOf(sources.file(deleted));

    for (String template : List.of("Enum", "Interface", "Receiver", "Record", "Subclass")) {
      int other = sources.unused(template).next();
      sources.edit(other, "\"many.memo\"", "\"changed.memo\"");
      assertOnlyWrapperWritten(other, build.compile(List.of(sources.file(other))));
    }

    assertThat(build.output()).isEqualTo(cleanBuild());
    assertThat(build.output().keySet())
        .contains("com/acme/Type" + body + "Cached.java", "com/acme/Type" + body + "Cached.class")
        .noneMatch(name -> name.contains("Type" + allAnnotations + "Cached"))
        .noneMatch(name -> name.contains("Type" + deleted + "Cached"));
  }

  /** Gradle compiles who uses a type again when more than bodies has changed in it. */
  @Test
  void changedTypeOfArgumentsWritesTheWrappersOfItsUsersOnly() throws IOException {
    ManySources sources = write(48);
    IsolatingBuild build = IsolatingBuild.into(folder.resolve("built"));
    build.compile(Folders.filesIn(folder.resolve("sources")));
    int type = sources.used("Record").next();
    List<Integer> users = sources.users(type);
    assertThat(users).isNotEmpty();

    sources.edit(type, "record Data(String name)", "record Data(String name, int size)");
    List<Path> again = Stream.concat(Stream.of(type), users.stream()).map(sources::file).toList();
    RecordingFiles written = build.compile(again);

    assertThat(written.resources()).isEmpty();
    assertThat(written.sources())
        .allSatisfy(
            wrapper ->
                assertThat(again)
                    .contains(sources.file(Integer.parseInt(wrapper.replaceAll("\\D", "")))));
    assertThat(build.output()).isEqualTo(cleanBuild());
  }

  @Test
  void inheritedMethodsAreTheSameWhetherTheirSourceIsCompiledOrNot() throws IOException {
    Path inherited = Sources.RESOURCES.resolve("good/TextSource.java");
    Path inheriting = Sources.RESOURCES.resolve("good/Translator.java");
    IsolatingBuild build = IsolatingBuild.into(folder.resolve("built"));
    build.compile(
        List.of(inherited, inheriting), new RecordingProcessor(true), new NullnessProcessor());
    SortedMap<String, String> before = build.output();

    build.compile(List.of(inheriting), new RecordingProcessor(true), new NullnessProcessor());

    assertThat(build.output()).isEqualTo(before);
  }

  /** The twin: what a processor makes of all classes together is wrong after a change of one. */
  @Test
  void processorThatCollectsFromAllClassesDoesNotEndAsACleanBuild() throws IOException {
    List<Path> few = List.of(folder.resolve("Type1.java"), folder.resolve("Type2.java"));
    for (Path source : few) {
      String name = source.getFileName().toString().replace(".java", "");
      Files.writeString(source, "package com.acme;\n\nclass " + name + " {}\n");
    }
    IsolatingBuild build = IsolatingBuild.into(folder.resolve("built"));
    build.compile(few, new RecordingProcessor(true), new CollectingProcessor());

    build.deleteWhatWasMadeOf(Path.of("All.java"));
    build.compile(few.subList(0, 1), new RecordingProcessor(true), new CollectingProcessor());

    IsolatingBuild clean = IsolatingBuild.into(folder.resolve("clean"));
    clean.compile(few, new RecordingProcessor(true), new CollectingProcessor());
    assertThat(build.output()).isNotEqualTo(clean.output());
  }

  @Test
  void annotationsAreInClassFilesForGradleToSee() {
    List<JavaClass> annotations =
        new ClassFileImporter()
            .importPackages(Cached.class.getPackageName()).stream()
                .filter(JavaClass::isAnnotation)
                .toList();

    assertThat(annotations).isNotEmpty();
    assertThat(annotations)
        .allSatisfy(
            annotation ->
                assertThat(annotation.getAnnotationOfType(Retention.class).value())
                    .isNotEqualTo(RetentionPolicy.SOURCE));
  }

  private void assertOnlyWrapperWritten(int n, RecordingFiles written) {
    String type = "com.acme.Type" + n;
    assertThat(written.sources()).containsExactly(type + "Cached");
    assertThat(written.classes())
        .contains(type, type + "Cached")
        .allMatch(name -> name.matches("com\\.acme\\.Type" + n + "(Base|Cached)?(\\$.*)?"));
    assertThat(written.resources()).isEmpty();
  }

  private SortedMap<String, String> cleanBuild() throws IOException {
    IsolatingBuild clean = IsolatingBuild.into(folder.resolve("clean"));
    clean.compile(Folders.filesIn(folder.resolve("sources")));
    return clean.output();
  }

  /** Generates one class that knows all classes. */
  @SupportedAnnotationTypes("*")
  private static final class CollectingProcessor extends AbstractProcessor {
    private final List<String> names = new ArrayList<>();

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      boolean first = names.isEmpty();
      round.getRootElements().forEach(root -> names.add(root.getSimpleName().toString()));
      if (first) {
        try (Writer out = processingEnv.getFiler().createSourceFile("com.acme.All").openWriter()) {
          out.write("package com.acme; final class All { /* " + names + " */ }");
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return false;
    }
  }
}
