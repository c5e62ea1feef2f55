package dev.memo.processor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("heavy") // of the same classes whatever JDK runs it
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.memo.processor");

  @Test
  void onlyTheRenderersKnowJavaPoet() {
    noClasses()
        .that()
        .doNotHaveSimpleName("WrapperRenderer")
        .and()
        .doNotHaveFullyQualifiedName("dev.memo.processor.MethodRenderer")
        .and()
        .haveNameNotMatching(".*MethodRenderer\\$.*")
        .and()
        .doNotHaveSimpleName("Printed")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.palantir.javapoet..")
        .check(CLASSES);
  }

  @Test
  void compilerInternalsAndMemoItselfAreUnknown() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.sun..", "dev.memo", "dev.memo.call..", "dev.memo.codec..", "dev.memo.store..")
        .check(CLASSES);
  }

  @Test
  void onlyTheProcessorIsPublic() {
    noClasses().that().doNotHaveSimpleName("CachedProcessor").should().bePublic().check(CLASSES);
  }
}
