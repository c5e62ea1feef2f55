package dev.memo;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.kryo5.serializers.ExternalizableSerializer;
import com.esotericsoftware.kryo.kryo5.serializers.JavaSerializer;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ObjectInputStream;
import java.lang.invoke.MethodHandles;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrows point down, and foreign types stay where they belong. */
@Tag("heavy") // of the same classes whatever JDK runs it
@TestInstance(Lifecycle.PER_CLASS) // what is imported is large: to be garbage afterwards
class ArchitectureTest {
  private static final String KRYO = "com.esotericsoftware..";
  private static final String ROCKSDB = "org.rocksdb..";

  private final JavaClasses main =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.memo");

  /** Main code, and classes that break every rule. */
  private final JavaClasses withPlanted =
      new ClassFileImporter()
          .withImportOption(
              file ->
                  ImportOption.Predefined.DO_NOT_INCLUDE_TESTS.includes(file)
                      || file.contains("Planted"))
          .importPackages("dev.memo");

  private static final ArchRule ARROWS_POINT_DOWN =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .ensureAllClassesAreContainedInArchitectureIgnoring("dev.memo.annotation")
          .withOptionalLayers(true)
          .layer("root")
          .definedBy("dev.memo")
          .layer("parallel")
          .definedBy("dev.memo.parallel..")
          .layer("call")
          .definedBy("dev.memo.call..")
          .layer("map")
          .definedBy("dev.memo.map..")
          .layer("process")
          .definedBy("dev.memo.process..")
          .layer("kept")
          .definedBy("dev.memo.claims..", "dev.memo.codec..", "dev.memo.store..")
          .layer("failure")
          .definedBy("dev.memo.failure..")
          .whereLayer("root")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("parallel")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("call")
          .mayOnlyBeAccessedByLayers("root", "parallel")
          .whereLayer("map")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("process")
          .mayOnlyBeAccessedByLayers("root")
          .whereLayer("failure")
          .mayNotAccessAnyLayer();

  private static final ArchRule NO_RINGS =
      slices().matching("dev.memo.(*)..").should().beFreeOfCycles();

  private static final ArchRule KEYS_AND_VALUES_STAND_ON_TYPES =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("key")
          .definedBy("dev.memo.codec.key")
          .layer("value")
          .definedBy("dev.memo.codec.value")
          .layer("type")
          .definedBy("dev.memo.codec.type")
          .layer("codec")
          .definedBy("dev.memo.codec")
          .whereLayer("key")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("value")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("type")
          .mayNotAccessAnyLayer();

  private static final ArchRule ONLY_VALUES_KNOW_KRYO =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.memo.codec.value")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(KRYO);

  private static final ArchRule ONLY_STORE_KNOWS_ROCKSDB =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.memo.store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROCKSDB);

  private static final ArchRule NO_FOREIGN_TYPE_IS_PUBLIC =
      members()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should(notMention(resideInAnyPackage(KRYO, ROCKSDB)));

  /** P8: no byte that is read can name a class to load. */
  private static final ArchRule NO_CLASS_IS_LOADED_BY_NAME =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ObjectInputStream.class)
          .orShould()
          .accessTargetWhere(targets(Class.class, "forName"))
          .orShould()
          .accessTargetWhere(targets(ClassLoader.class, "loadClass"))
          .orShould()
          .accessTargetWhere(targets(MethodHandles.Lookup.class, "findClass"));

  /** P8: the one place where a Kryo is made, which requires registration, as its test says. */
  private static final ArchRule ONLY_THE_ENGINE_MAKES_A_KRYO =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.memo.codec.value.GraphEngine")
          .should()
          .accessTargetWhere(targets(Kryo.class, "<init>"))
          .orShould()
          .accessTargetWhere(targets(Kryo.class, "setRegistrationRequired"));

  /** P8: what of Kryo reads names of classes, and what of it reads by other means. */
  private static final ArchRule NOTHING_OF_KRYO_READS_CLASS_NAMES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(DefaultClassResolver.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(JavaSerializer.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ExternalizableSerializer.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(DefaultSerializers.ClassSerializer.class);

  private static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED =
      classes()
          .that()
          .resideOutsideOfPackage("dev.memo.annotation") // has no dependency
          .should(liveInNullMarkedPackage());

  static Stream<ArchRule> rules() {
    return Stream.of(
        ARROWS_POINT_DOWN,
        NO_RINGS,
        KEYS_AND_VALUES_STAND_ON_TYPES,
        ONLY_VALUES_KNOW_KRYO,
        ONLY_STORE_KNOWS_ROCKSDB,
        NO_FOREIGN_TYPE_IS_PUBLIC,
        NO_CLASS_IS_LOADED_BY_NAME,
        ONLY_THE_ENGINE_MAKES_A_KRYO,
        NOTHING_OF_KRYO_READS_CLASS_NAMES,
        EVERY_PACKAGE_IS_NULL_MARKED);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holds(ArchRule rule) {
    assertThat(main).isNotEmpty();
    rule.check(main);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void catchesWhatBreaksIt(ArchRule rule) {
    assertThat(rule.evaluate(withPlanted).getFailureReport().getDetails())
        .anySatisfy(detail -> assertThat(detail).contains("Planted"));
  }

  private static DescribedPredicate<JavaAccess<?>> targets(Class<?> type, String method) {
    return describe(
        type.getSimpleName() + "." + method,
        access ->
            access.getTarget().getName().equals(method)
                && access.getTargetOwner().isAssignableTo(type));
  }

  private static ArchCondition<JavaMember> notMention(DescribedPredicate<JavaClass> types) {
    return new ArchCondition<>("not mention types that " + types.getDescription()) {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        boolean mentions = member.getAllInvolvedRawTypes().stream().anyMatch(types);
        events.add(new SimpleConditionEvent(member, !mentions, member.getFullName()));
      }
    };
  }

  private static ArchCondition<JavaClass> liveInNullMarkedPackage() {
    return new ArchCondition<>("live in a @NullMarked package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
        events.add(new SimpleConditionEvent(type, marked, type.getName()));
      }
    };
  }
}
