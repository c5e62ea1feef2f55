package dev.memo.processor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.AnnotatedConstruct;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.AnnotationValueVisitor;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.SimpleAnnotationValueVisitor14;

/** Reads annotations without loading their classes. */
final class Annotations {
  static final String CACHED = "dev.memo.annotation.Cached";
  static final String CACHE_IDENTITY = "dev.memo.annotation.CacheIdentity";
  static final String KEY_IGNORED = "dev.memo.annotation.KeyIgnored";
  static final String SECRET = "dev.memo.annotation.Secret";

  private static final Set<String> OF_KEY = Set.of(KEY_IGNORED, SECRET);

  private static final Set<String> NULLNESS =
      Set.of("CheckForNull", "NonNull", "Nonnull", "NotNull", "Nullable");

  private static final AnnotationValueVisitor<Optional<TypeMirror>, Void> AS_TYPE =
      new SimpleAnnotationValueVisitor14<>(Optional.empty()) {
        @Override
        public Optional<TypeMirror> visitType(TypeMirror type, Void nothing) {
          return Optional.of(type);
        }
      };

  private static final AnnotationValueVisitor<List<AnnotationValue>, Void> AS_ARRAY =
      new SimpleAnnotationValueVisitor14<>(List.of()) {
        @Override
        public List<AnnotationValue> visitArray(
            List<? extends AnnotationValue> values, Void nothing) {
          return List.copyOf(values);
        }
      };

  private Annotations() {}

  static Optional<? extends AnnotationMirror> find(AnnotatedConstruct where, String annotation) {
    return where.getAnnotationMirrors().stream()
        .filter(mirror -> nameOf(mirror).contentEquals(annotation))
        .findFirst();
  }

  static String nameOf(AnnotationMirror annotation) {
    return ((TypeElement) annotation.getAnnotationType().asElement()).getQualifiedName().toString();
  }

  /** The class that a value names; empty if it names none that is known (yet). */
  static Optional<TypeMirror> typeIn(AnnotationValue value) {
    return value.accept(AS_TYPE, null);
  }

  static List<AnnotationValue> valuesIn(AnnotationValue array) {
    return array.accept(AS_ARRAY, null);
  }

  /** What the annotation says itself; empty where it leaves the default. */
  static Optional<AnnotationValue> value(AnnotationMirror annotation, String attribute) {
    return annotation.getElementValues().entrySet().stream()
        .filter(value -> value.getKey().getSimpleName().contentEquals(attribute))
        .<AnnotationValue>map(Map.Entry::getValue)
        .findFirst();
  }

  /** What a parameter says about its part in keys. */
  static List<AnnotationMirror> ofKey(AnnotatedConstruct parameter) {
    return parameter.getAnnotationMirrors().stream()
        .filter(mirror -> OF_KEY.contains(nameOf(mirror)))
        .<AnnotationMirror>map(mirror -> mirror)
        .toList();
  }

  /** Annotations of any library that say whether something may be null. */
  static List<AnnotationMirror> nullness(AnnotatedConstruct where) {
    return where.getAnnotationMirrors().stream()
        .filter(
            mirror ->
                NULLNESS.contains(
                    mirror.getAnnotationType().asElement().getSimpleName().toString()))
        .filter(mirror -> mirror.getElementValues().isEmpty())
        .<AnnotationMirror>map(mirror -> mirror)
        .toList();
  }
}
