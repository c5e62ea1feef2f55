package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import dev.memo.annotation.Cached;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
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
    Shape shape,
    AnnotationMirror annotation,
    Map<String, AnnotationValue> values) {

  /** The annotated methods of a class, in the order of their declaration. */
  static List<AnnotatedMethod> in(TypeElement type, TypeSystem system) {
    return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
        .flatMap(
            method ->
                Annotations.find(method, Annotations.CACHED)
                    .map(it -> of(type, method, it, system))
                    .stream())
        .toList();
  }

  private static AnnotatedMethod of(
      TypeElement type, ExecutableElement method, AnnotationMirror annotation, TypeSystem system) {
    return new AnnotatedMethod(
        type, method, Shape.of(method, system), annotation, values(annotation, system.elements()));
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

  /** The constant in the wrapper. */
  String constant() {
    if (explicitHandle().isEmpty()) {
      return Names.constant(methodName());
    }
    return shape.isOfObject() ? Names.constant(accessorBase()) : explicitHandle();
  }

  /** The method of a wrapper that stands for one object, and the field behind it. */
  String accessor() {
    return Names.lowerCamel(accessorBase()) + "Function";
  }

  private String accessorBase() {
    return explicitHandle().isEmpty() ? methodName() : explicitHandle();
  }

  /** What users call the handle. */
  String handle() {
    return shape.isOfObject() ? accessor() : constant();
  }

  String argumentsRecord() {
    return Names.upperCamel(accessorBase()) + "Args";
  }

  /** Whether the handle takes a record instead of the only argument. */
  boolean takesRecord() {
    if (shape == Shape.RECEIVER_FIRST) {
      return !element.getParameters().isEmpty();
    }
    return element.getParameters().size() != 1
        || !variablesOfCalls().isEmpty()
        || !Annotations.ofKey(element.getParameters().get(0)).isEmpty();
  }

  /** The type variables in its arguments that each call may fill in anew. */
  Set<TypeParameterElement> variablesOfCalls() {
    Set<TypeParameterElement> variables = variablesOfArguments();
    if (shape.isOfObject()) {
      variables.removeIf(variable -> variable.getGenericElement() instanceof TypeElement);
    }
    return variables;
  }

  /** The type variables that its arguments mention, its receiver among them if that comes first. */
  Set<TypeParameterElement> variablesOfArguments() {
    Set<TypeParameterElement> variables = new LinkedHashSet<>();
    if (shape == Shape.RECEIVER_FIRST) {
      variables.addAll(TypeSystem.variables(declaring.asType()));
    }
    element.getParameters().forEach(it -> variables.addAll(TypeSystem.variables(it.asType())));
    return variables;
  }

  boolean ignoresReceiver() {
    return value("receiver").getValue().toString().equals("IGNORED");
  }

  List<String> aliases() {
    return aliasValues().stream().map(alias -> alias.getValue().toString()).toList();
  }

  List<AnnotationValue> aliasValues() {
    return Annotations.valuesIn(value("aliases"));
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
  boolean isUnresolved(TypeSystem system) {
    return (shape.isOfObject() && system.members().hasUnresolvedMembers(declaring))
        || Signature.types(element).anyMatch(TypeSystem::isUnresolved)
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
    return label(element);
  }

  static String label(ExecutableElement method) {
    return TypeSystem.declaring(method).getSimpleName()
        + "."
        + method.getSimpleName()
        + method.getParameters().stream()
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
