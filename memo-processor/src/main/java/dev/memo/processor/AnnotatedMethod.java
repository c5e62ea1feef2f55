package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import dev.memo.annotation.Cached;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * A method and its {@link Cached}.
 *
 * @param values all attributes by name, defaults included
 */
record AnnotatedMethod(
    TypeElement declaring,
    ExecutableElement element,
    AnnotationMirror annotation,
    Map<String, AnnotationValue> values) {

  /** The annotated methods of a class, in the order of their declaration. */
  static List<AnnotatedMethod> in(TypeElement type, Elements elements) {
    return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
        .flatMap(
            method ->
                Annotations.find(method, Cached.class.getName())
                    .map(it -> new AnnotatedMethod(type, method, it, values(it, elements)))
                    .stream())
        .toList();
  }

  private static Map<String, AnnotationValue> values(
      AnnotationMirror annotation, Elements elements) {
    Map<String, AnnotationValue> values = new HashMap<>();
    elements
        .getElementValuesWithDefaults(annotation)
        .forEach((attribute, value) -> values.put(attribute.getSimpleName().toString(), value));
    return Map.copyOf(values);
  }

  String methodName() {
    return element.getSimpleName().toString();
  }

  String directory() {
    return text("value");
  }

  String name() {
    return text("name");
  }

  String version() {
    return text("version");
  }

  /** As written; empty if it follows from the method's name. */
  String explicitHandle() {
    return text("handle");
  }

  String handle() {
    return explicitHandle().isEmpty() ? Names.constant(methodName()) : explicitHandle();
  }

  String argumentsRecord() {
    String base = explicitHandle().isEmpty() ? methodName() : explicitHandle();
    return Names.upperCamel(base) + "Args";
  }

  /** Whether the handle takes a record instead of the only argument. */
  boolean takesRecord() {
    return element.getParameters().size() != 1;
  }

  Optional<TypeMirror> codec() {
    return Annotations.typeIn(value("codec")).filter(type -> type.getKind() != TypeKind.VOID);
  }

  List<AnnotationValue> types() {
    return Annotations.valuesIn(value("types"));
  }

  List<TypeMirror> namedTypes() {
    return types().stream().flatMap(value -> Annotations.typeIn(value).stream()).toList();
  }

  /** Whether it names a type that does not exist, at least not yet. */
  boolean isUnresolved() {
    return Signature.types(element).anyMatch(TypeSystem::isUnresolved)
        || Stream.concat(Stream.of(value("codec")), types().stream())
            .map(Annotations::typeIn)
            .anyMatch(type -> type.isEmpty() || TypeSystem.isUnresolved(type.get()));
  }

  AnnotationValue value(String attribute) {
    AnnotationValue value = values.get(attribute);
    if (value == null) {
      throw new IllegalStateException(
          "@Cached has no attribute " + attribute + "; memo-annotations is of another version");
    }
    return value;
  }

  private String text(String attribute) {
    return value(attribute).getValue().toString();
  }

  /** How messages call the method. */
  String label() {
    return declaring().getSimpleName()
        + "."
        + methodName()
        + element.getParameters().stream()
            .map(parameter -> Names.simple(parameter.asType()))
            .collect(joining(", ", "(", ")"));
  }

  Refusal refuse(String what, String why, String remedy) {
    Refusal.Spot spot = new Refusal.Spot(element, annotation, null);
    return new Refusal(spot, label() + " " + what, why, remedy);
  }

  Refusal refuseValue(AnnotationValue value, String what, String why, String remedy) {
    Refusal.Spot spot = new Refusal.Spot(element, annotation, value);
    return new Refusal(spot, label() + ": " + what, why, remedy);
  }
}
