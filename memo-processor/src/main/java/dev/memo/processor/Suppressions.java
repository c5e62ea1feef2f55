package dev.memo.processor;

import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/** The warnings that the author already got for the method, and must not get for its wrapper. */
final class Suppressions {
  private static final String SAFE_VARARGS = "java.lang.SafeVarargs";

  private final TypeSystem system;

  Suppressions(TypeSystem system) {
    this.system = system;
  }

  List<String> of(
      TypeElement declaring, List<AnnotatedMethod> methods, Wrapper.Base base, boolean isPublic) {
    List<Head> heads = heads(base);
    NavigableSet<String> warnings = new TreeSet<>();
    deprecations(declaring, methods, heads).forEach(warnings::add);
    Stream<TypeMirror> types =
        Stream.concat(
            methods.stream().flatMap(method -> Signature.types(method.element())),
            heads.stream().flatMap(Head::types));
    if (types.anyMatch(Suppressions::namesRawType)) {
      warnings.add("rawtypes");
    }
    methods.forEach(
        method ->
            pollution(
                    method.element().isVarArgs(),
                    method.element().getParameters().stream().map(Element::asType).toList(),
                    Annotations.find(method.element(), SAFE_VARARGS).isPresent())
                .ifPresent(warnings::add));
    heads.forEach(head -> pollution(head).ifPresent(warnings::add));
    if (!(base instanceof Wrapper.Nothing)
        && system.isA(declaring.asType(), "java.io.Serializable")) {
      warnings.add("serial"); // handles are not: writing a wrapper fails, and says so
    }
    ModuleElement module = system.elements().getModuleOf(declaring);
    if (isPublic && module != null && !module.isUnnamed()) {
      warnings.add("exports"); // of memo's types, which no module can require transitively
    }
    return List.copyOf(warnings);
  }

  /** Beside those of the cached methods. */
  private static List<Head> heads(Wrapper.Base base) {
    if (base instanceof Wrapper.Subclass subclass) {
      return subclass.constructors();
    }
    return base instanceof Wrapper.Decorator decorator ? decorator.passedOn() : List.of();
  }

  private Stream<String> deprecations(
      TypeElement declaring, List<AnnotatedMethod> methods, List<Head> heads) {
    Stream<Element> classes =
        Stream.iterate(declaring, e -> e instanceof TypeElement, Element::getEnclosingElement);
    Stream<Element> types =
        Stream.concat(
                methods.stream()
                    .flatMap(
                        method ->
                            Stream.concat(Signature.types(method.element()), namedTypes(method))),
                heads.stream().flatMap(Head::types))
            .flatMap(Suppressions::elements);
    Stream<String> ofTypes =
        Stream.concat(classes, types).filter(this::isDeprecated).map(Suppressions::warning);
    // what is deprecated may call deprecated methods, but not those that are to be removed
    Stream<String> ofMethods =
        Stream.concat(
                methods.stream().flatMap(method -> deprecation(method.element()).stream()),
                heads.stream()
                    .flatMap(head -> head.annotations().stream())
                    .filter(it -> Annotations.nameOf(it).equals("java.lang.Deprecated")))
            .map(Suppressions::warning)
            .filter(warning -> warning.equals("removal"));
    // fields and constructors that are not deprecated call methods of the object
    Stream<String> ofHandles =
        methods.stream()
            .filter(method -> method.shape().isOfObject())
            .flatMap(method -> deprecation(method.element()).stream())
            .map(Suppressions::warning);
    return Stream.of(ofTypes, ofMethods, ofHandles).flatMap(warnings -> warnings);
  }

  private static Stream<TypeMirror> namedTypes(AnnotatedMethod method) {
    return Stream.concat(method.codec().stream(), method.namedTypes().stream());
  }

  private boolean isDeprecated(Element element) {
    return system.elements().isDeprecated(element);
  }

  private static String warning(Element deprecated) {
    return deprecation(deprecated).map(Suppressions::warning).orElse("deprecation");
  }

  private static Optional<? extends AnnotationMirror> deprecation(Element element) {
    return Annotations.find(element, "java.lang.Deprecated");
  }

  private static String warning(AnnotationMirror deprecated) {
    return Annotations.value(deprecated, "forRemoval")
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

  private static Optional<String> pollution(Head head) {
    return pollution(
        head.isVarArgs(),
        head.parameters().stream().map(Head.Parameter::type).toList(),
        head.annotations().stream().anyMatch(it -> Annotations.nameOf(it).equals(SAFE_VARARGS)));
  }

  private static Optional<String> pollution(
      boolean isVarArgs, List<? extends TypeMirror> parameters, boolean isSafe) {
    if (!isVarArgs || TypeSystem.isReifiable(parameters.get(parameters.size() - 1))) {
      return Optional.empty();
    }
    return Optional.of(isSafe ? "varargs" : "unchecked");
  }
}
