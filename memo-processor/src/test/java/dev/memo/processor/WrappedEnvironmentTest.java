package dev.memo.processor;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.testing.compile.Compilation;
import com.sun.source.util.Trees;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;

/** Gradle and IntelliJ put proxies between the compiler and processors. */
class WrappedEnvironmentTest {

  @Test
  void wrappersAreTheSame() {
    Compilation compilation =
        Sources.compile(
            Sources.load(Sources.in("good")),
            List.of(),
            WrappedProcessor.of(new CachedProcessor()));

    assertThat(compilation.errors()).isEmpty();
    assertThat(Sources.generated(compilation))
        .isEqualTo(
            Sources.in("expected").stream()
                .collect(toMap(file -> file.getFileName().toString(), Sources::read)));
  }

  @Test
  void refusalsAreTheSame() {
    for (Path bad : Sources.in("bad")) {
      List<String> expected = refusals(bad, new CachedProcessor());

      assertThat(expected).isNotEmpty();
      assertThat(refusals(bad, WrappedProcessor.of(new CachedProcessor()))).isEqualTo(expected);
    }
  }

  private static List<String> refusals(Path bad, Processor processor) {
    return Sources.compile(List.of(Sources.load(bad)), List.of(), processor).diagnostics().stream()
        .map(it -> it.getLineNumber() + ": " + it.getMessage(Locale.ROOT))
        .toList();
  }

  /** The twin: one that needs the compiler itself fails behind the same proxies. */
  @Test
  void processorThatReadsTreesFails() {
    assertThat(compile(new TreesProcessor()).errors()).isEmpty();

    assertThatThrownBy(() -> compile(WrappedProcessor.of(new TreesProcessor())))
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
  }

  private static Compilation compile(Processor processor) {
    return Sources.compile(
        List.of(Sources.source("com.acme.Plain", "package com.acme; class Plain {}")),
        List.of(),
        processor);
  }

  @SupportedAnnotationTypes("*")
  private static final class TreesProcessor extends AbstractProcessor {
    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      assertThat(Trees.instance(processingEnv)).isNotNull();
      return false;
    }
  }
}
