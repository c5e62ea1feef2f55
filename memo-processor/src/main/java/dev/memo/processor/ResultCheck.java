package dev.memo.processor;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * Whether results of a type can be stored and read back: they must be data, and the type must be
 * <i>closed</i>, that is, name every class that may occur in them; unless the author names the
 * others in {@code types}, or a {@code codec}.
 */
final class ResultCheck {

  /** Closed but for their type arguments, though not final. */
  private static final Set<String> CLOSED =
      Set.of(
          "java.math.BigDecimal",
          "java.math.BigInteger",
          "java.nio.file.Path",
          "java.time.ZoneId",
          "java.util.ArrayDeque",
          "java.util.ArrayList",
          "java.util.BitSet",
          "java.util.Collection",
          "java.util.Date",
          "java.util.Deque",
          "java.util.EnumMap",
          "java.util.EnumSet",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.List",
          "java.util.Map",
          "java.util.Map.Entry",
          "java.util.NavigableMap",
          "java.util.NavigableSet",
          "java.util.Queue",
          "java.util.Set",
          "java.util.SortedMap",
          "java.util.SortedSet",
          "java.util.TreeMap",
          "java.util.TreeSet",
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.ConcurrentMap");

  private static final String NAME_THE_CLASSES =
      "name the classes in @Cached(types = ...), or a codec, or return a record of closed types.";

  private final TypeSystem system;

  ResultCheck(TypeSystem system) {
    this.system = system;
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    TypeMirror result = method.element().getReturnType();
    return oneShot(method, result).or(() -> open(method, result));
  }

  private Optional<Refusal> oneShot(AnnotatedMethod method, TypeMirror result) {
    return new Walk(false)
        .problem(result, Names.simple(result))
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: its result " + problem.path() + " is not data.",
                    problem.why() + ".",
                    "return what it yields: a List, a record, a byte[]."));
  }

  private Optional<Refusal> open(AnnotatedMethod method, TypeMirror result) {
    if (method.closesResult()) {
      return Optional.empty();
    }
    return new Walk(true)
        .problem(result, Names.simple(result))
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: its result " + problem.path() + " is open.",
                    problem.why() + ", so memo would not know what it may read back.",
                    NAME_THE_CLASSES));
  }

  /** Goes through a type and what it is made of. */
  private final class Walk {
    private final boolean mustBeClosed;
    private final Set<String> seen = new HashSet<>();

    Walk(boolean mustBeClosed) {
      this.mustBeClosed = mustBeClosed;
    }

    Optional<Problem> problem(TypeMirror type, String path) {
      return switch (type.getKind()) {
        case ARRAY -> problem(((ArrayType) type).getComponentType(), path);
        case WILDCARD -> openPart(path, "a wildcard stands for any class");
        case DECLARED -> ofDeclared((DeclaredType) type, path);
        default -> Optional.empty();
      };
    }

    private Optional<Problem> ofDeclared(DeclaredType type, String path) {
      if (!seen.add(type.toString())) {
        return Optional.empty();
      }
      TypeElement element = TypeSystem.elementOf(type);
      return system
          .notData(type)
          .map(why -> new Problem(path, why))
          .or(() -> raw(type, path))
          .or(() -> first(type.getTypeArguments(), path))
          .or(() -> ofElement(type, element, path));
    }

    private Optional<Problem> raw(DeclaredType type, String path) {
      return TypeSystem.isRaw(type)
          ? openPart(path, "a raw type may hold any class")
          : Optional.empty();
    }

    private Optional<Problem> ofElement(DeclaredType type, TypeElement element, String path) {
      String name = element.getQualifiedName().toString();
      if (CLOSED.contains(name) || element.getKind() == ElementKind.ENUM) {
        return Optional.empty();
      }
      if (element.getKind() == ElementKind.RECORD) {
        return ofComponents(type, element, path);
      }
      if (!element.getPermittedSubclasses().isEmpty()) {
        return first(element.getPermittedSubclasses(), path);
      }
      if (element.getModifiers().contains(Modifier.FINAL)) {
        return name.startsWith("java.") ? Optional.empty() : ofFields(type, element, path);
      }
      String kind = element.getKind().isInterface() ? " is an open interface" : " is not final";
      return openPart(path, element.getSimpleName() + kind);
    }

    private Optional<Problem> ofComponents(DeclaredType type, TypeElement record, String path) {
      return record.getRecordComponents().stream()
          .flatMap(
              component ->
                  problem(
                      system.componentType(type, component.getAccessor()), within(path, component))
                      .stream())
          .findFirst();
    }

    private Optional<Problem> ofFields(DeclaredType type, TypeElement element, String path) {
      return ElementFilter.fieldsIn(element.getEnclosedElements()).stream()
          .filter(Walk::isStored)
          .flatMap(
              field ->
                  problem(system.types().asMemberOf(type, field), within(path, field)).stream())
          .findFirst();
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

    private Optional<Problem> openPart(String path, String why) {
      return mustBeClosed ? Optional.of(new Problem(path, why)) : Optional.empty();
    }
  }
}
