package dev.memo.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
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
 * Whether arguments of a type have a canonical encoding, and one with all that the type promises,
 * as far as the declared type shows. What it does not show (an {@code Object}, an interface) is
 * decided at run time.
 */
final class ArgumentCheck {

  private final TypeSystem system;
  private final Receivers receivers;
  private final Set<String> keyTypes;

  /**
   * @param keyTypes names of classes that have a {@code KeyEncoder}
   */
  ArgumentCheck(TypeSystem system, Set<String> keyTypes, Receivers receivers) {
    this.system = system;
    this.receivers = receivers;
    this.keyTypes = Set.copyOf(keyTypes);
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    return ofKey(method).flatMap(parameter -> refusal(method, parameter).stream()).findFirst();
  }

  /** Of parameters of a method that is not refused: types with an order that a key has not. */
  Stream<Refusal> warnings(AnnotatedMethod method) {
    return ofKey(method)
        .filter(parameter -> !OverrideCheck.isSuppressed(parameter))
        .flatMap(parameter -> warning(method, parameter).stream());
  }

  private static Stream<? extends VariableElement> ofKey(AnnotatedMethod method) {
    return method.element().getParameters().stream()
        .filter(parameter -> Annotations.find(parameter, Annotations.KEY_IGNORED).isEmpty());
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

  private Optional<Refusal> warning(AnnotatedMethod method, VariableElement parameter) {
    return new Walk(this::lostOrder)
        .problem(parameter.asType(), parameter.getSimpleName().toString())
        .map(
            problem ->
                new Refusal(
                    Refusal.Spot.of(parameter),
                    method.label() + " is cached without the order of " + problem.path() + ".",
                    problem.why() + ".",
                    "take a List if results depend on the order; else take a Set or Map, or say"
                        + " @SuppressWarnings(\"memo\")."));
  }

  /** Why values of the type cannot be part of a key. */
  Optional<Problem> problem(TypeMirror type, String path) {
    return new Walk(this::noEncoding).problem(type, path);
  }

  /** Whether values of the type have a secret in them, as far as the declared type shows. */
  boolean holdsSecret(TypeMirror type) {
    return new Walk(this::secret).problem(type, "").isPresent();
  }

  private Optional<String> secret(DeclaredType type) {
    return receivers.hasSecret(TypeSystem.elementOf(type))
        ? Optional.of("it has something secret")
        : Optional.empty();
  }

  private Optional<String> noEncoding(DeclaredType type) {
    return system
        .notData(type)
        .map(why -> named(type) + ": " + why)
        .or(
            () ->
                mayHaveEncoding(type)
                    ? Optional.empty()
                    : Optional.of(named(type) + " is a class without a canonical encoding"));
  }

  private boolean mayHaveEncoding(DeclaredType type) {
    TypeElement element = TypeSystem.elementOf(type);
    return isCollection(type)
        || element.getKind() == ElementKind.RECORD
        || element.getKind() == ElementKind.ENUM
        || element.getKind().isInterface()
        || !element.getPermittedSubclasses().isEmpty();
  }

  private boolean isCollection(DeclaredType type) {
    return system.isA(type, "java.util.List", "java.util.Set", "java.util.Map");
  }

  private Optional<String> lostOrder(DeclaredType type) {
    return system.isA(
            type,
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.SequencedMap", // since Java 21, as the next
            "java.util.SequencedSet",
            "java.util.SortedMap",
            "java.util.SortedSet")
        ? Optional.of(
            named(type)
                + ": sets and maps count by their elements only, so calls that differ in nothing"
                + " but the order are the same call")
        : Optional.empty();
  }

  private static String named(DeclaredType type) {
    return TypeSystem.elementOf(type).getSimpleName().toString();
  }

  /** Goes through a type and what it is made of. */
  private final class Walk {
    private final Function<DeclaredType, Optional<String>> fault;
    private final Set<String> seen = new HashSet<>();

    /**
     * @param fault why a type itself is a problem, whatever it is made of
     */
    Walk(Function<DeclaredType, Optional<String>> fault) {
      this.fault = fault;
    }

    Optional<Problem> problem(TypeMirror type, String path) {
      return switch (type.getKind()) {
        case ARRAY -> problem(((ArrayType) type).getComponentType(), path + "[]");
        case DECLARED -> ofDeclared((DeclaredType) type, path);
        case WILDCARD -> first(TypeSystem.bounds((WildcardType) type), path);
        case TYPEVAR ->
            TypeSystem.isNew(type, seen)
                ? problem(((TypeVariable) type).getUpperBound(), path)
                : Optional.empty();
        case INTERSECTION -> first(((IntersectionType) type).getBounds(), path);
        default -> Optional.empty();
      };
    }

    private Optional<Problem> ofDeclared(DeclaredType type, String path) {
      String name = TypeSystem.nameOf(type);
      if (keyTypes.contains(name) || JdkTypes.OPEN_ARGUMENTS.contains(name)) {
        return Optional.empty();
      }
      if (JdkTypes.ENCODED.contains(name)) {
        return name.equals("java.lang.Class")
            ? Optional.empty()
            : first(type.getTypeArguments(), path);
      }
      Optional<Problem> own = fault.apply(type).map(why -> new Problem(path, why));
      return own.isPresent() || !TypeSystem.isNew(type, seen) ? own : ofParts(type, path);
    }

    private Optional<Problem> ofParts(DeclaredType type, String path) {
      TypeElement element = TypeSystem.elementOf(type);
      if (isCollection(type)) {
        return first(type.getTypeArguments(), path);
      }
      return element.getKind() == ElementKind.RECORD
          ? ofComponents(type, element.getRecordComponents(), path)
          : first(element.getPermittedSubclasses(), path);
    }

    private Optional<Problem> ofComponents(
        DeclaredType type, List<? extends RecordComponentElement> components, String path) {
      return components.stream()
          .flatMap(
              component ->
                  problem(
                      system.componentType(type, component.getAccessor()),
                      path + "." + component.getSimpleName())
                      .stream())
          .findFirst();
    }

    private Optional<Problem> first(List<? extends TypeMirror> types, String path) {
      return types.stream().flatMap(type -> problem(type, path).stream()).findFirst();
    }
  }
}
