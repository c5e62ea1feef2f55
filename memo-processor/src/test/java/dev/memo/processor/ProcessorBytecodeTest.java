package dev.memo.processor;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The processor asks the compiler through {@code javax.lang.model}, and writes sources through the
 * filer: nothing else works in all compilers and builds. Each rule is also shown to find what it
 * forbids.
 */
@Tag("heavy") // of the same classes whatever JDK runs it
class ProcessorBytecodeTest {
  private static final ArchRule COMPILER_INTERNALS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.sun..", "sun..", "jdk..", "org.eclipse..");

  private static final ArchRule FILES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(.*File.*|PrintStream)");

  private static final ArchRule CLASSES_OF_USERS =
      noClasses()
          .should()
          .accessTargetWhere(
              describe(
                  "load classes or look into them",
                  access ->
                      access.getTargetOwner().isEquivalentTo(ClassLoader.class)
                          || access.getTargetOwner().getPackageName().equals("java.lang.reflect")
                          || isCall(access, Class.class, Set.of("forName", "newInstance"))))
          .orShould()
          .accessTargetWhere(
              describe(
                  "create annotations",
                  access ->
                      Set.of("getAnnotation", "getAnnotationsByType").contains(access.getName())));

  private static final ArchRule RESOURCES =
      noClasses()
          .should()
          .accessTargetWhere(
              describe(
                  "use the filer but for sources",
                  access ->
                      isCall(
                          access,
                          Filer.class,
                          Set.of("createResource", "createClassFile", "getResource"))));

  private static final JavaClasses PROCESSOR =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.memo.processor");

  static Stream<Case> cases() {
    return Stream.of(
        new Case(COMPILER_INTERNALS, UsesTrees.class),
        new Case(FILES, UsesPaths.class),
        new Case(FILES, UsesFiles.class),
        new Case(CLASSES_OF_USERS, LoadsClasses.class),
        new Case(CLASSES_OF_USERS, CreatesAnnotations.class),
        new Case(RESOURCES, WritesResources.class));
  }

  record Case(ArchRule rule, Class<?> offender) {
    @Override
    public String toString() {
      return offender.getSimpleName();
    }
  }

  private static boolean isCall(JavaAccess<?> access, Class<?> owner, Set<String> names) {
    return access.getTargetOwner().isAssignableTo(owner) && names.contains(access.getName());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void processorDoesNot(Case forbidden) {
    assertThat(PROCESSOR).isNotEmpty();
    forbidden.rule.check(PROCESSOR);
  }

  /** The twin: the rules see it where it is done. */
  @ParameterizedTest
  @MethodSource("cases")
  void ruleFindsWho(Case forbidden) {
    assertThat(
            forbidden
                .rule
                .evaluate(new ClassFileImporter().importClasses(forbidden.offender))
                .hasViolation())
        .isTrue();
  }

  static final class UsesTrees {
    Object trees(ProcessingEnvironment environment) {
      return Trees.instance(environment);
    }
  }

  static final class UsesPaths {
    boolean exists(String path) {
      return Files.exists(Path.of(path));
    }
  }

  static final class UsesFiles {
    boolean exists(String path) {
      return new File(path).exists();
    }
  }

  static final class LoadsClasses {
    Class<?> load(String name) throws ClassNotFoundException {
      return Class.forName(name);
    }
  }

  static final class CreatesAnnotations {
    Object deprecated(javax.lang.model.element.Element element) {
      return element.getAnnotation(Deprecated.class);
    }
  }

  static final class WritesResources {
    void write(Filer filer) throws IOException {
      filer.createResource(StandardLocation.CLASS_OUTPUT, "", "index").delete();
    }
  }
}
