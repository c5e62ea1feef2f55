package dev.memo.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;

/**
 * Whether arguments of a type have a canonical encoding, as far as the declared type shows. What it
 * does not show (an {@code Object}, an interface) is decided at run time.
 */
final class ArgumentCheck {

  private final TypeSystem system;
  private final Set<String> keyTypes;

  /**
   * @param keyTypes names of classes that have a {@code KeyEncoder}
   */
  ArgumentCheck(TypeSystem system, Set<String> keyTypes) {
    this.system = system;
    this.keyTypes = Set.copyOf(keyTypes);
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    return method.element().getParameters().stream()
        .filter(parameter -> Annotations.find(parameter, Annotations.KEY_IGNORED).isEmpty())
        .flatMap(parameter -> refusal(method, parameter).stream())
        .findFirst();
  }

  private Optional<Refusal> refusal(AnnotatedMethod method, VariableElement parameter) {
    return problem(parameter.asType(), parameter.getSimpleName().toString())
        .map(
            problem ->
                new Refusal(
                    Refusal.Spot.of(parameter),
                    method.label()
                        + " cannot be cached: "
                        + problem.path()
                        + " cannot be part of a key.",
                    problem.why() + ".",
                    "take a record, a String or another value instead; or leave it out of the key with"
                        + " @KeyIgnored if no result depends on it; or register a KeyEncoder"
                        + " for the class and name it in the processor option -A"
                        + CachedProcessor.KEY_TYPES
                        + "."));
  }

  /** Why values of the type cannot be part of a key. */
  Optional<Problem> problem(TypeMirror type, String path) {
    return problem(type, path, new HashSet<>());
  }

  private Optional<Problem> problem(TypeMirror type, String path, Set<String> seen) {
    return switch (type.getKind()) {
      case ARRAY -> problem(((ArrayType) type).getComponentType(), path + "[]", seen);
      case DECLARED -> ofDeclared((DeclaredType) type, path, seen);
      case WILDCARD -> first(TypeSystem.bounds((WildcardType) type), path, seen);
      case TYPEVAR ->
          TypeSystem.isNew(type, seen)
              ? problem(((TypeVariable) type).getUpperBound(), path, seen)
              : Optional.empty();
      case INTERSECTION -> first(((IntersectionType) type).getBounds(), path, seen);
      default -> Optional.empty();
    };
  }

  private Optional<Problem> ofDeclared(DeclaredType type, String path, Set<String> seen) {
    TypeElement element = TypeSystem.elementOf(type);
    String name = TypeSystem.nameOf(type);
    if (keyTypes.contains(name) || JdkTypes.OPEN_ARGUMENTS.contains(name)) {
      return Optional.empty();
    }
    if (JdkTypes.ENCODED.contains(name)) {
      return name.equals("java.lang.Class")
          ? Optional.empty()
          : first(type.getTypeArguments(), path, seen);
    }
    Optional<Problem> notData =
        system.notData(type).map(why -> new Problem(path, named(element) + ": " + why));
    if (notData.isPresent() || !TypeSystem.isNew(type, seen)) {
      return notData;
    }
    if (system.isA(type, "java.util.List", "java.util.Set", "java.util.Map")) {
      return first(type.getTypeArguments(), path, seen);
    }
    if (element.getKind() == ElementKind.RECORD) {
      return ofComponents(type, element.getRecordComponents(), path, seen);
    }
    if (!element.getPermittedSubclasses().isEmpty()) {
      return first(element.getPermittedSubclasses(), path, seen);
    }
    if (element.getKind() == ElementKind.ENUM || element.getKind().isInterface()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(path, named(element) + " is a class without a canonical encoding"));
  }

  private Optional<Problem> ofComponents(
      DeclaredType type,
      List<? extends RecordComponentElement> components,
      String path,
      Set<String> seen) {
    return components.stream()
        .flatMap(
            component ->
                problem(
                    system.componentType(type, component.getAccessor()),
                    path + "." + component.getSimpleName(),
                    seen)
                    .stream())
        .findFirst();
  }

  private Optional<Problem> first(List<? extends TypeMirror> types, String path, Set<String> seen) {
    return types.stream().flatMap(type -> problem(type, path, seen).stream()).findFirst();
  }

  private static String named(TypeElement element) {
    return element.getSimpleName().toString();
  }
}
