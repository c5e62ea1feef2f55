package dev.memo.processor;

import static com.google.testing.compile.Compiler.javac;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaFileObject;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the processor behaves among the other parts of a build. */
class ProcessingTest {
  private static final JavaFileObject SQUARES =
      Sources.source(
          "com.acme.Squares",
          "package com.acme;",
          "public final class Squares {",
          "  private Squares() {}",
          "  @dev.memo.annotation.Cached(\"squares.memo\")",
          "  public static int square(int x) { return x * x; }",
          "}");

  @Test
  void annotationsAreClaimedSoThatStrictBuildsPass() {
    assertThat(messages(Sources.compile(List.of(SQUARES), Sources.STRICT, new CachedProcessor())))
        .isEmpty();
  }

  @Test
  void strictBuildsWouldFailIfAnnotationsWereNotClaimed() {
    Compilation compilation =
        Sources.compile(List.of(SQUARES), Sources.STRICT, new RecordingProcessor(false));

    assertThat(messages(compilation))
        .anyMatch(message -> message.contains("No processor claimed any of these annotations"));
  }

  @Test
  void eachWrapperOriginatesInOneClass() {
    RecordingProcessor recorder = new RecordingProcessor(true);

    Sources.compile(Sources.load(Sources.in("good")), List.of(), recorder);

    assertThat(recorder.origins())
        .hasSize(Sources.in("expected").size())
        .containsEntry("com.acme.GeocoderCached", List.of("com.acme.Geocoder"))
        .containsEntry("com.acme.Outer_InnerCached", List.of("com.acme.Outer.Inner"))
        .allSatisfy((wrapper, origins) -> assertThat(origins).hasSize(1));
  }

  @Test
  void gradleIsToldThatClassesAreProcessedInIsolation() throws IOException {
    assertThat(resource("META-INF/gradle/incremental.annotation.processors"))
        .isEqualTo(CachedProcessor.class.getName() + ",isolating\n");
  }

  @Test
  void compilersFindTheProcessor() throws IOException {
    assertThat(resource("META-INF/services/javax.annotation.processing.Processor"))
        .isEqualTo(CachedProcessor.class.getName() + "\n");
  }

  @Test
  void wrapperOfAnEarlierBuildIsInNoOnesWay(@TempDir Path classes) throws IOException {
    Compilation first = Sources.compile(List.of(SQUARES), List.of(), new CachedProcessor());
    writeClasses(first, classes);
    assertThat(classes.resolve("com/acme/SquaresCached.class")).exists();

    Compilation second =
        javac()
            .withClasspath(path(classes, Cached.class, CachedMethod.class, NullMarked.class))
            .withProcessors(new CachedProcessor())
            .compile(SQUARES);

    assertThat(messages(second)).isEmpty();
    assertThat(Sources.generated(second)).isEqualTo(Sources.generated(first));
  }

  @Test
  void classesWithKeyEncodersAreNamedInAnOption() {
    JavaFileObject source =
        Sources.source(
            "com.acme.Dates",
            "package com.acme;",
            "final class Dates {",
            "  @dev.memo.annotation.Cached(\"dates.memo\")",
            "  static int year(java.util.Date date, StringBuilder text) { return 1; }",
            "}");
    String option = "-Amemo.keyTypes=java.util.Date , java.lang.StringBuilder";

    assertThat(messages(Sources.compile(List.of(source), List.of(), new CachedProcessor())))
        .singleElement()
        .asString()
        .contains("Date is a class without a canonical encoding");
    assertThat(messages(Sources.compile(List.of(source), List.of(option), new CachedProcessor())))
        .isEmpty();
  }

  @Test
  void orderMayCountIfAKeyEncoderTakesTheClass() {
    JavaFileObject source =
        Sources.source(
            "com.acme.Orders",
            "package com.acme;",
            "final class Orders {",
            "  @dev.memo.annotation.Cached(\"orders.memo\")",
            "  static int size(java.util.List<java.util.TreeSet<String>> sets) { return 1; }",
            "}");
    String option = "-Amemo.keyTypes=java.util.TreeSet";

    Compilation warned = Sources.compile(List.of(source), List.of(), new CachedProcessor());
    Compilation silent = Sources.compile(List.of(source), List.of(option), new CachedProcessor());

    assertThat(messages(warned))
        .singleElement()
        .asString()
        .contains("Orders.size(List<TreeSet<String>>) is cached without the order of sets.");
    assertThat(messages(silent)).isEmpty();
    assertThat(Sources.generated(warned))
        .isEqualTo(Sources.generated(silent))
        .containsKey("OrdersCached.java");
  }

  @Test
  void sourcesOfAnOlderJavaAreRefusedOnce() {
    List<String> messages =
        messages(
            Sources.compile(List.of(SQUARES), List.of("--release", "11"), new CachedProcessor()));

    assertThat(messages)
        .filteredOn(message -> message.contains("wrapper"))
        .singleElement()
        .asString()
        .contains("Squares cannot have a wrapper: wrappers need Java 17", "RELEASE_11");
  }

  @Test
  void nestedClassWithAKeyEncoderMayBeNamedAsInItsClassFile() {
    JavaFileObject source =
        Sources.source(
            "com.acme.Outer",
            "package com.acme;",
            "final class Outer {",
            "  static final class Inner {}",
            "  @dev.memo.annotation.Cached(\"outer.memo\")",
            "  static int size(Inner inner) { return 1; }",
            "}");

    for (String name : List.of("com.acme.Outer.Inner", "com.acme.Outer$Inner")) {
      List<String> options = List.of("-Amemo.keyTypes=" + name);
      assertThat(messages(Sources.compile(List.of(source), options, new CachedProcessor())))
          .isEmpty();
    }
  }

  @Test
  void optionWithoutAValueNamesNoClass() {
    JavaFileObject source =
        Sources.source(
            "com.acme.Plain",
            "package com.acme;",
            "final class Plain {",
            "  @dev.memo.annotation.Cached(\"plain.memo\")",
            "  static int one(String text) { return 1; }",
            "}");

    for (String option : List.of("-Amemo.keyTypes", "-Amemo.keyTypes=")) {
      assertThat(messages(Sources.compile(List.of(source), List.of(option), new CachedProcessor())))
          .isEmpty();
    }
  }

  @Test
  void typesThatGrowForEverAreLeftToTheRunTime() {
    JavaFileObject source =
        Sources.source(
            "com.acme.Growing",
            "package com.acme;",
            "final class Growing {",
            "  record Node<T>(java.util.Optional<Node<java.util.List<T>>> next) {}",
            "  @dev.memo.annotation.Cached(\"growing.memo\")",
            "  static Node<String> same(Node<String> node) { return node; }",
            "}");

    assertThat(messages(Sources.compile(List.of(source), List.of(), new CachedProcessor())))
        .isEmpty();
  }

  @Test
  void oneBadClassDoesNotStopTheOthers() {
    Path bad = Sources.RESOURCES.resolve("bad").resolve("Shape.java");

    RecordingProcessor recorder = new RecordingProcessor(true);

    Compilation compilation =
        Sources.compile(List.of(Sources.load(bad), SQUARES), List.of(), recorder);

    assertThat(compilation.errors()).isNotEmpty();
    assertThat(recorder.origins()).containsKey("com.acme.SquaresCached");
  }

  @Test
  void receiverIsNamedAsNothingElseIs() {
    assertCompiles(
        "package com.acme;",
        "record Point(int x) {",
        "  @dev.memo.annotation.Cached(\"d\")",
        "  int among(int point, int receiver) { return 1; }",
        "  @dev.memo.annotation.Cached(value = \"d\", handle = \"point\")",
        "  int plus(int y) { return x + y; }",
        "}");
  }

  @Test
  void interfaceMayDeclareWhatObjectsOnlyProtect() {
    assertCompiles(
        "package com.acme;",
        "interface Point {",
        "  Point clone();",
        "  boolean equals(Object other);",
        "  @dev.memo.annotation.CacheIdentity int x();",
        "  @dev.memo.annotation.Cached(\"d\") int plus(int y);",
        "}");
  }

  @Test
  void boundsOfTypeVariablesMayBeRaw() {
    assertCompiles(
        "package com.acme;",
        "@SuppressWarnings(\"rawtypes\")",
        "class Point<T extends Comparable> {",
        "  @dev.memo.annotation.CacheIdentity int x;",
        "  @dev.memo.annotation.Cached(\"d\") int plus(int y) { return x + y; }",
        "}");
  }

  @Test
  void inheritedMethodMayHideAVariableThatItDoesNotName() {
    assertCompiles(
        "package com.acme;",
        "interface Point<V> extends Point_Base<Integer> {",
        "  @dev.memo.annotation.CacheIdentity int x();",
        "  @dev.memo.annotation.Cached(\"d\") int plus(int y);",
        "  <V> V same(V one);",
        "}",
        "interface Point_Base<T> {",
        "  <V extends Comparable<V>> V least(java.util.List<V> all, T scale);",
        "}");
  }

  @Test
  void finalClassInAGenericOneMayHaveMethodsWithoutParameters() {
    assertCompiles(
        "package com.acme;",
        "class Point<T> {",
        "  final class Inner {",
        "    @dev.memo.annotation.CacheIdentity String id() { return \"\"; }",
        "    @dev.memo.annotation.Cached(\"d\") int size() { return 1; }",
        "    @dev.memo.annotation.Cached(\"d\") int plus(int y) { return y; }",
        "  }",
        "}");
  }

  /** Of a class Point, with not even a warning. */
  private static void assertCompiles(String... lines) {
    JavaFileObject source = Sources.source("com.acme.Point", lines);
    Compilation compilation =
        Sources.compile(List.of(source), List.of("-Xlint:all"), new CachedProcessor());

    assertThat(messages(compilation)).isEmpty();
    assertThat(Sources.generated(compilation)).isNotEmpty();
  }

  private static void writeClasses(Compilation compilation, Path folder) throws IOException {
    for (JavaFileObject file : compilation.generatedFiles()) {
      if (file.getKind() == JavaFileObject.Kind.CLASS) {
        Path target = folder.resolve(file.getName().replaceFirst("^/?CLASS_OUTPUT/", ""));
        Files.createDirectories(target.getParent());
        try (var in = file.openInputStream()) {
          Files.copy(in, target);
        }
      }
    }
  }

  private static List<File> path(Path first, Class<?>... others) {
    List<File> path = new ArrayList<>(List.of(first.toFile()));
    for (Class<?> other : others) {
      path.add(location(other).toFile());
    }
    return path;
  }

  private static Path location(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  private static String resource(String name) throws IOException {
    try (var in = CachedProcessor.class.getClassLoader().getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static List<String> messages(Compilation compilation) {
    return compilation.diagnostics().stream()
        .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
        .toList();
  }
}
