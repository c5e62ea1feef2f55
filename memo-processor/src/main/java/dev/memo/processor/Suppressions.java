package dev.memo.processor;

import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.AnnotatedConstruct;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/** The warnings that the author already got for the method, and must not get for its wrapper. */
final class Suppressions {
  private final TypeSystem system;

  Suppressions(TypeSystem system) {
    this.system = system;
  }

  List<String> of(TypeElement declaring, List<AnnotatedMethod> methods, boolean isPublic) {
    NavigableSet<String> warnings = new TreeSet<>();
    deprecations(declaring, methods).forEach(warnings::add);
    for (AnnotatedMethod method : methods) {
      if (Signature.types(method.element()).anyMatch(Suppressions::namesRawType)) {
        warnings.add("rawtypes");
      }
      if (pollutesHeap(method.element())) {
        boolean isSafe = Annotations.find(method.element(), "java.lang.SafeVarargs").isPresent();
        warnings.add(isSafe ? "varargs" : "unchecked");
      }
    }
    ModuleElement module = system.elements().getModuleOf(declaring);
    if (isPublic && module != null && !module.isUnnamed()) {
      warnings.add("exports"); // of memo's types, which no module can require transitively
    }
    return List.copyOf(warnings);
  }

  private Stream<String> deprecations(TypeElement declaring, List<AnnotatedMethod> methods) {
    Stream<Element> classes =
        Stream.iterate(declaring, e -> e instanceof TypeElement, Element::getEnclosingElement);
    Stream<Element> types =
        methods.stream()
            .flatMap(method -> Stream.concat(Signature.types(method.element()), namedTypes(method)))
            .flatMap(Suppressions::elements);
    Stream<String> ofTypes =
        Stream.concat(classes, types).filter(this::isDeprecated).map(Suppressions::warning);
    Stream<String> ofMethods =
        methods.stream()
            .map(AnnotatedMethod::element)
            .filter(method -> isDeprecated(method) && warning(method).equals("removal"))
            .map(method -> "removal"); // a deprecated wrapper may call a deprecated method, no more
    return Stream.concat(ofTypes, ofMethods);
  }

  private static Stream<TypeMirror> namedTypes(AnnotatedMethod method) {
    return Stream.concat(method.codec().stream(), method.namedTypes().stream());
  }

  private boolean isDeprecated(Element element) {
    return system.elements().isDeprecated(element);
  }

  private static String warning(AnnotatedConstruct deprecated) {
    return Annotations.find(deprecated, "java.lang.Deprecated")
            .flatMap(annotation -> Annotations.value(annotation, "forRemoval"))
            .filter(value -> value.getValue().equals(true))
            .isPresent()
        ? "removal"
        : "deprecation";
  }

  private static Stream<Element> elements(TypeMirror type) {
    return switch (type.getKind()) {
      case ARRAY -> elements(((ArrayType) type).getComponentType());
      case WILDCARD ->
          TypeSystem.bounds((WildcardType) type).stream().flatMap(Suppressions::elements);
      case DECLARED -> {
        DeclaredType declared = (DeclaredType) type;
        yield Stream.concat(
            Stream.of(declared.asElement()),
            declared.getTypeArguments().stream().flatMap(Suppressions::elements));
      }
      default -> Stream.empty();
    };
  }

  private static boolean namesRawType(TypeMirror type) {
    return switch (type.getKind()) {
      case ARRAY -> namesRawType(((ArrayType) type).getComponentType());
      case WILDCARD ->
          TypeSystem.bounds((WildcardType) type).stream().anyMatch(Suppressions::namesRawType);
      case DECLARED -> {
        DeclaredType declared = (DeclaredType) type;
        yield TypeSystem.isRaw(declared)
            || declared.getTypeArguments().stream().anyMatch(Suppressions::namesRawType);
      }
      default -> false;
    };
  }

  private static boolean pollutesHeap(ExecutableElement method) {
    if (!method.isVarArgs()) {
      return false;
    }
    int last = method.getParameters().size() - 1;
    return !TypeSystem.isReifiable(method.getParameters().get(last).asType());
  }
}
