package dev.memo.processor;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** The questions about types that several checks ask. */
record TypeSystem(Types types, Elements elements) {
  /** So few because javac names each by recursion, on a stack that may be small. */
  private static final int MOST_TYPES = 100;

  /** Exactly these: memo makes them anew for every caller. */
  private static final Set<String> FUTURES =
      Set.of("java.util.concurrent.CompletableFuture", "java.util.concurrent.CompletionStage");

  static TypeElement elementOf(DeclaredType type) {
    return (TypeElement) type.asElement();
  }

  static String nameOf(DeclaredType type) {
    return elementOf(type).getQualifiedName().toString();
  }

  /** What has the annotation, which may be missing, and whose class is not loaded. */
  Set<? extends Element> annotated(RoundEnvironment round, String annotation) {
    TypeElement type = elements.getTypeElement(annotation);
    return type == null ? Set.of() : round.getElementsAnnotatedWith(type);
  }

  /** The class that declares the member. */
  static TypeElement declaring(Element member) {
    return (TypeElement) requireNonNull(member.getEnclosingElement(), "declaring class");
  }

  /** The questions about what classes have and inherit. */
  ClassMembers members() {
    return new ClassMembers(this);
  }

  /** Whether values of the type are values of one of the classes, which are given by name. */
  boolean isA(TypeMirror type, String... classes) {
    TypeMirror erased = types.erasure(type);
    for (String name : classes) {
      TypeElement wanted = elements.getTypeElement(name);
      if (wanted != null && types.isSubtype(erased, types.erasure(wanted.asType()))) {
        return true;
      }
    }
    return false;
  }

  /** Why values of the type are no data at all, neither arguments nor results. */
  Optional<String> notData(DeclaredType type) {
    if (isA(type, "java.util.stream.BaseStream")) {
      return Optional.of("a stream can be read only once");
    }
    if (isA(type, "java.util.Iterator", "java.util.Enumeration", "java.util.Spliterator")) {
      return Optional.of("an iterator can be read only once");
    }
    if (isA(type, "java.util.concurrent.Future", "java.util.concurrent.CompletionStage")) {
      return Optional.of("a future is work under way, not its value");
    }
    if (isA(type, "java.lang.AutoCloseable")) {
      return Optional.of("a resource that is opened and closed is not data");
    }
    if (isA(type, "java.lang.Thread", "java.lang.ClassLoader", "java.util.concurrent.Executor")) {
      return Optional.of("it lives in one process only");
    }
    if (Annotations.find(type.asElement(), "java.lang.FunctionalInterface").isPresent()) {
      return Optional.of("a function is code, not data");
    }
    return Optional.empty();
  }

  /**
   * What a result yields: of a {@code CompletableFuture} or a {@code CompletionStage} what it
   * completes with, else the result itself.
   */
  static TypeMirror yielded(TypeMirror result) {
    return result instanceof DeclaredType declared
            && FUTURES.contains(nameOf(declared))
            && declared.getTypeArguments().size() == 1
        ? declared.getTypeArguments().get(0)
        : result;
  }

  /** The JDK's own classes are known by name only. */
  boolean isOfJdk(TypeElement element) {
    ModuleElement module = elements.getModuleOf(element);
    String name = module == null ? "" : module.getQualifiedName().toString();
    return name.startsWith("java.") || name.startsWith("jdk.");
  }

  /**
   * Whether a walk has not seen the type before. Not all walks end by themselves: the types in
   * {@code record Node<T>(Node<List<T>> next)} grow for ever.
   */
  static boolean isNew(TypeMirror type, Set<String> seen) {
    return seen.size() < MOST_TYPES && seen.add(type.toString());
  }

  /** As {@code Class.getTypeName} says it of the erased type. */
  String binaryName(TypeMirror type) {
    TypeMirror erased = types.erasure(type);
    return switch (erased.getKind()) {
      case ARRAY -> binaryName(((ArrayType) erased).getComponentType()) + "[]";
      case DECLARED -> elements.getBinaryName(elementOf((DeclaredType) erased)).toString();
      default -> erased.getKind().name().toLowerCase(Locale.ROOT); // a primitive type
    };
  }

  static boolean isRaw(DeclaredType type) {
    return type.getTypeArguments().isEmpty() && !elementOf(type).getTypeParameters().isEmpty();
  }

  /** The types of a record's components, with the type's arguments filled in. */
  TypeMirror componentType(DeclaredType record, ExecutableElement accessor) {
    return ((ExecutableType) types.asMemberOf(record, accessor)).getReturnType();
  }

  /** Whether the types of a signature name one that does not exist, at least not yet. */
  static boolean isUnresolved(TypeMirror type) {
    return switch (type.getKind()) {
      case ERROR -> true;
      case ARRAY -> isUnresolved(((ArrayType) type).getComponentType());
      case DECLARED ->
          ((DeclaredType) type).getTypeArguments().stream().anyMatch(TypeSystem::isUnresolved);
      case WILDCARD -> bounds((WildcardType) type).stream().anyMatch(TypeSystem::isUnresolved);
      case INTERSECTION ->
          ((IntersectionType) type).getBounds().stream().anyMatch(TypeSystem::isUnresolved);
      default -> false;
    };
  }

  /** The type variables that a type mentions, those in their bounds included, as first met. */
  static Set<TypeParameterElement> variables(TypeMirror type) {
    Set<TypeParameterElement> variables = new LinkedHashSet<>();
    addVariables(type, variables);
    return variables;
  }

  private static void addVariables(TypeMirror type, Set<TypeParameterElement> variables) {
    switch (type.getKind()) {
      case ARRAY -> addVariables(((ArrayType) type).getComponentType(), variables);
      case WILDCARD -> bounds((WildcardType) type).forEach(bound -> addVariables(bound, variables));
      case INTERSECTION ->
          ((IntersectionType) type).getBounds().forEach(bound -> addVariables(bound, variables));
      case DECLARED -> {
        DeclaredType declared = (DeclaredType) type;
        if (!elementOf(declared).getModifiers().contains(Modifier.STATIC)) {
          addVariables(declared.getEnclosingType(), variables); // compilers differ on static ones
        }
        declared.getTypeArguments().forEach(argument -> addVariables(argument, variables));
      }
      case TYPEVAR -> {
        TypeParameterElement variable = (TypeParameterElement) ((TypeVariable) type).asElement();
        if (variables.add(variable)) {
          variable.getBounds().forEach(bound -> addVariables(bound, variables));
        }
      }
      default -> {}
    }
  }

  /** The part of a type that code in the package cannot name, if any. */
  Optional<TypeElement> hiddenIn(TypeMirror type, PackageElement from) {
    return switch (type.getKind()) {
      case ARRAY -> hiddenIn(((ArrayType) type).getComponentType(), from);
      case WILDCARD ->
          bounds((WildcardType) type).stream()
              .flatMap(bound -> hiddenIn(bound, from).stream())
              .findFirst();
      case INTERSECTION ->
          ((IntersectionType) type)
              .getBounds().stream().flatMap(bound -> hiddenIn(bound, from).stream()).findFirst();
      case DECLARED -> {
        DeclaredType declared = (DeclaredType) type;
        TypeElement element = elementOf(declared);
        yield isVisible(element, from)
            ? declared.getTypeArguments().stream()
                .flatMap(argument -> hiddenIn(argument, from).stream())
                .findFirst()
            : Optional.of(element);
      }
      default -> Optional.empty();
    };
  }

  private boolean isVisible(TypeElement type, PackageElement from) {
    boolean isNear = elements.getPackageOf(type).equals(from);
    if (type.getModifiers().contains(Modifier.PRIVATE)
        || !(isNear || type.getModifiers().contains(Modifier.PUBLIC))) {
      return false;
    }
    return switch (type.getNestingKind()) {
      case TOP_LEVEL -> true;
      case MEMBER ->
          type.getEnclosingElement() instanceof TypeElement outer && isVisible(outer, from);
      case LOCAL, ANONYMOUS -> false;
    };
  }

  static List<TypeMirror> bounds(WildcardType wildcard) {
    return Stream.of(
            Optional.ofNullable(wildcard.getExtendsBound()),
            Optional.ofNullable(wildcard.getSuperBound()))
        .flatMap(Optional::stream)
        .toList();
  }

  boolean isChecked(TypeMirror thrown) {
    return !isA(thrown, "java.lang.RuntimeException", "java.lang.Error");
  }

  /** Whether arrays of the type can be created without a warning. */
  static boolean isReifiable(TypeMirror type) {
    return switch (type.getKind()) {
      case ARRAY -> isReifiable(((ArrayType) type).getComponentType());
      case DECLARED ->
          ((DeclaredType) type)
              .getTypeArguments().stream()
                  .allMatch(
                      argument ->
                          argument.getKind() == TypeKind.WILDCARD
                              && bounds((WildcardType) argument).isEmpty());
      case TYPEVAR -> false;
      default -> true;
    };
  }
}
