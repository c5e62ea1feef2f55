package dev.memo.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.ElementFilter;

/**
 * Whether results of a type can be stored and read back: they must be data, and the type must be
 * <i>closed</i>, that is, imply every class that may occur in them; unless the author names the
 * others in {@code types}, or a {@code codec}.
 */
final class ResultCheck {
  private final TypeSystem system;

  ResultCheck(TypeSystem system) {
    this.system = system;
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    return variable(method)
        .or(() -> noData(method))
        .or(() -> method.codec().isPresent() ? Optional.empty() : open(method));
  }

  private static Optional<Refusal> variable(AnnotatedMethod method) {
    return TypeSystem.variables(method.element().getReturnType()).stream()
        .findFirst()
        .map(
            variable ->
                method.refuse(
                    "cannot be cached: its result depends on the type variable " + variable + ".",
                    "a stored result must be readable without its caller, who alone knows what "
                        + variable
                        + " stands for.",
                    "annotate a method that names the types and calls this one."));
  }

  private Optional<Refusal> noData(AnnotatedMethod method) {
    TypeMirror result = TypeSystem.yielded(method.element().getReturnType());
    return new Walk(false, List.of())
        .problem(result, Names.simple(result))
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: its result " + problem.path() + " is not data.",
                    problem.why() + ".",
                    remedyOfNoData(method)));
  }

  private String remedyOfNoData(AnnotatedMethod method) {
    TypeMirror result = method.element().getReturnType();
    if (!system.isA(
        result, "java.util.concurrent.Future", "java.util.concurrent.CompletionStage")) {
      return "return what it yields: a List, a record, a byte[].";
    }
    return system.types().isSameType(TypeSystem.yielded(result), result)
        ? "return it as a CompletableFuture, just that class, of which memo keeps the value."
        : "let the future complete with data.";
  }

  private Optional<Refusal> open(AnnotatedMethod method) {
    TypeMirror result = TypeSystem.yielded(method.element().getReturnType());
    List<TypeMirror> named = method.namedTypes();
    Walk walk = new Walk(true, named);
    return Stream.concat(
            walk.problem(result, Names.simple(result)).stream(),
            named.stream().flatMap(type -> walk.ofNamed(type).stream()))
        .findFirst()
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: its result " + problem.path() + " cannot be read back.",
                    problem.why() + ".",
                    "return a record of closed types, or name the classes in @Cached(types = ...),"
                        + " or a codec."));
  }

  /** Goes through a type and what it is made of. */
  private final class Walk {
    private final boolean mustBeClosed;
    private final List<TypeMirror> named;
    private final Set<String> seen = new HashSet<>();

    Walk(boolean mustBeClosed, List<TypeMirror> named) {
      this.mustBeClosed = mustBeClosed;
      this.named = named;
    }

    Optional<Problem> problem(TypeMirror type, String path) {
      return switch (type.getKind()) {
        case ARRAY -> problem(((ArrayType) type).getComponentType(), path);
        case WILDCARD -> problem(upperBound((WildcardType) type), path);
        case DECLARED ->
            TypeSystem.isNew(type, seen) ? ofDeclared((DeclaredType) type, path) : Optional.empty();
        default -> Optional.empty();
      };
    }

    /** A class that the author named: it may be open itself, but not in its parts. */
    Optional<Problem> ofNamed(TypeMirror type) {
      return type.getKind() == TypeKind.DECLARED
          ? ofParts((DeclaredType) type, Names.simple(type))
          : problem(type, Names.simple(type));
    }

    private TypeMirror upperBound(WildcardType wildcard) {
      TypeMirror bound = wildcard.getExtendsBound();
      return bound != null ? bound : system.elements().getTypeElement("java.lang.Object").asType();
    }

    private Optional<Problem> ofDeclared(DeclaredType type, String path) {
      return system
          .notData(type)
          .map(why -> new Problem(path, why))
          .or(
              () ->
                  TypeSystem.isRaw(type)
                      ? open(path, "without type arguments it may hold any class")
                      : none())
          .or(() -> first(type.getTypeArguments(), path))
          .or(() -> isImplied(type) ? none() : ofClass(type, path));
    }

    private Optional<Problem> ofClass(DeclaredType type, String path) {
      TypeElement element = TypeSystem.elementOf(type);
      if (element.getKind() != ElementKind.RECORD
          && element.getPermittedSubclasses().isEmpty()
          && !element.getModifiers().contains(Modifier.FINAL)) {
        String kind = element.getKind().isInterface() ? " is an open interface" : " is not final";
        return open(path, element.getSimpleName() + kind);
      }
      return ofParts(type, path);
    }

    private Optional<Problem> ofParts(DeclaredType type, String path) {
      TypeElement element = TypeSystem.elementOf(type);
      if (isImplied(type)) {
        return none();
      }
      if (system.isOfJdk(element) || system.isA(type, "java.lang.Throwable")) {
        return problem(path, "memo does not store a " + element.getSimpleName());
      }
      return first(element.getPermittedSubclasses(), path)
          .or(
              () ->
                  element.getKind() == ElementKind.RECORD
                      ? ofComponents(type, path)
                      : ofFields(type, type, path));
    }

    /** Whether all classes that could come are known without a look inside. */
    private boolean isImplied(DeclaredType type) {
      TypeElement element = TypeSystem.elementOf(type);
      return JdkTypes.STORED.contains(element.getQualifiedName().toString())
          || element.getKind() == ElementKind.ENUM
          || isClosedByName(type);
    }

    private boolean isClosedByName(DeclaredType type) {
      TypeElement element = TypeSystem.elementOf(type);
      return !element.getModifiers().contains(Modifier.FINAL)
          && element.getPermittedSubclasses().isEmpty()
          && named.stream()
              .anyMatch(
                  one ->
                      system
                          .types()
                          .isSubtype(system.types().erasure(one), system.types().erasure(type)));
    }

    private Optional<Problem> ofComponents(DeclaredType type, String path) {
      return TypeSystem.elementOf(type).getRecordComponents().stream()
          .flatMap(
              component ->
                  problem(
                      system.componentType(type, component.getAccessor()), within(path, component))
                      .stream())
          .findFirst();
    }

    /** The fields that the class itself and the classes that it extends declare. */
    private Optional<Problem> ofFields(DeclaredType type, DeclaredType declaring, String path) {
      TypeElement element = TypeSystem.elementOf(declaring);
      if (system.isOfJdk(element)) {
        return isWithoutContent(element)
            ? none()
            : problem(
                path,
                "it extends " + element.getSimpleName() + ", whose content memo does not see");
      }
      return ElementFilter.fieldsIn(element.getEnclosedElements()).stream()
          .filter(Walk::isStored)
          .flatMap(
              field ->
                  problem(system.types().asMemberOf(type, field), within(path, field)).stream())
          .findFirst()
          .or(
              () ->
                  element.getSuperclass() instanceof DeclaredType parent
                      ? ofFields(type, parent, path)
                      : none());
    }

    /** Fields of the other classes of the JDK are transient, or hidden. */
    private static boolean isWithoutContent(TypeElement ofJdk) {
      return ofJdk.getModifiers().contains(Modifier.ABSTRACT)
          || ofJdk.getQualifiedName().contentEquals("java.lang.Object");
    }

    private static boolean isStored(VariableElement field) {
      return !field.getModifiers().contains(Modifier.STATIC)
          && !field.getModifiers().contains(Modifier.TRANSIENT);
    }

    private static String within(String path, Element part) {
      return path + "." + part.getSimpleName();
    }

    private Optional<Problem> first(List<? extends TypeMirror> types, String path) {
      return types.stream().flatMap(type -> problem(type, path).stream()).findFirst();
    }

    private Optional<Problem> open(String path, String why) {
      return problem(path, why + ", so memo would not know which classes it may read");
    }

    private Optional<Problem> problem(String path, String why) {
      return mustBeClosed ? Optional.of(new Problem(path, why)) : none();
    }

    private static Optional<Problem> none() {
      return Optional.empty();
    }
  }
}
