package dev.memo.processor;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Whether what the annotation says can be meant. */
final class AttributeCheck {
  private static final String CODEC = "dev.memo.codec.Codec";
  private static final String TYPE_REF = "dev.memo.codec.TypeRef";

  private final TypeSystem system;

  AttributeCheck(TypeSystem system) {
    this.system = system;
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    return Stream.<Function<AnnotatedMethod, Optional<Refusal>>>of(
            this::directory, this::handle, this::aliases, this::codec, this::types)
        .flatMap(check -> check.apply(method).stream())
        .findFirst();
  }

  private Optional<Refusal> directory(AnnotatedMethod method) {
    return method.directory().isBlank()
        ? Optional.of(
            method.refuseValue(
                method.value("value"),
                "the directory is blank.",
                "results are kept in a directory, and this one has no name.",
                "name one, as in @Cached(\"geo.memo\")."))
        : Optional.empty();
  }

  private Optional<Refusal> handle(AnnotatedMethod method) {
    String handle = method.explicitHandle();
    return handle.isEmpty() || isUsableName(handle)
        ? Optional.empty()
        : Optional.of(
            method.refuseValue(
                method.value("handle"),
                "the handle \"" + handle + "\" is not a Java identifier.",
                "it becomes the name of a member of the wrapper.",
                "use letters, digits and _, as in \""
                    + Names.constant(method.methodName())
                    + "\"."));
  }

  private Optional<Refusal> aliases(AnnotatedMethod method) {
    return method.aliasValues().stream()
        .flatMap(
            alias ->
                whyNoAlias(method, alias.getValue().toString())
                    .map(
                        why ->
                            method.refuseValue(
                                alias,
                                "the alias " + alias + " leads nowhere.",
                                why,
                                "name what the function was called before, as id() of its handle"
                                    + " said without the version; or leave the alias out."))
                    .stream())
        .findFirst();
  }

  private Optional<String> whyNoAlias(AnnotatedMethod method, String alias) {
    if (alias.isBlank() || alias.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("no function has a name that is blank, or has control characters.");
    }
    return alias.equals(Names.ofFunction(method, system))
        ? Optional.of("it is what the function is called now.")
        : Optional.empty();
  }

  private static boolean isUsableName(String handle) {
    return SourceVersion.isIdentifier(handle) && !SourceVersion.isKeyword(handle);
  }

  private Optional<Refusal> codec(AnnotatedMethod method) {
    return method.codec().flatMap(codec -> codecProblem(method, codec));
  }

  private Optional<Refusal> codecProblem(AnnotatedMethod method, TypeMirror codec) {
    AnnotationValue value = method.value("codec");
    String name = Names.simple(codec);
    if (!system.isA(codec, CODEC)) {
      return Optional.of(
          method.refuseValue(
              value,
              name + " is not a codec.",
              "it does not implement " + CODEC + ".",
              "implement that interface, or leave codec out."));
    }
    TypeElement element = TypeSystem.elementOf((DeclaredType) codec);
    if (element.getModifiers().contains(Modifier.ABSTRACT)) {
      return Optional.of(
          method.refuseValue(
              value,
              "the codec " + name + " is abstract.",
              "memo creates the codec by its constructor.",
              "name a class that can be created."));
    }
    if (system.hiddenIn(codec, system.elements().getPackageOf(method.element())).isPresent()) {
      return Optional.of(
          method.refuseValue(
              value,
              "the codec " + name + " is hidden.",
              "the wrapper is a class of its own and could not see it.",
              "make it visible in the package."));
    }
    if (!hasConstructor(element)) {
      return Optional.of(
          method.refuseValue(
              value,
              "the codec " + name + " has no constructor that memo can use.",
              "memo calls a public constructor that takes a TypeRef of the result, or nothing.",
              "add one, in a class that is not an inner class."));
    }
    return element.getModifiers().contains(Modifier.PUBLIC)
        ? Optional.empty()
        : Optional.of(
            method.refuseValue(
                value,
                "the codec " + name + " is not public.",
                "memo creates the codec, and does so from another package.",
                "make the class public."));
  }

  private boolean hasConstructor(TypeElement codec) {
    boolean inner =
        codec.getNestingKind() == NestingKind.MEMBER
            && !codec.getModifiers().contains(Modifier.STATIC);
    return !inner
        && ElementFilter.constructorsIn(codec.getEnclosedElements()).stream()
            .anyMatch(this::isUsable);
  }

  private boolean isUsable(ExecutableElement constructor) {
    return constructor.getModifiers().contains(Modifier.PUBLIC)
        && switch (constructor.getParameters().size()) {
          case 0 -> true;
          case 1 -> system.isA(constructor.getParameters().get(0).asType(), TYPE_REF);
          default -> false;
        };
  }

  private Optional<Refusal> types(AnnotatedMethod method) {
    return method.types().stream()
        .flatMap(value -> typeProblem(method, value).stream())
        .findFirst();
  }

  private Optional<Refusal> typeProblem(AnnotatedMethod method, AnnotationValue value) {
    return Annotations.typeIn(value)
        .flatMap(type -> whyNoClassOfResults(method, type))
        .map(
            why ->
                method.refuseValue(
                    value,
                    value + " cannot be one of the types.",
                    why,
                    "name the classes that results are made of."));
  }

  private Optional<String> whyNoClassOfResults(AnnotatedMethod method, TypeMirror type) {
    if (type.getKind() == TypeKind.ARRAY) {
      TypeMirror component = ((ArrayType) type).getComponentType();
      return component.getKind().isPrimitive()
          ? Optional.empty()
          : whyNoClassOfResults(method, component);
    }
    if (type.getKind() != TypeKind.DECLARED) {
      return Optional.of("it is no class of objects.");
    }
    TypeElement element = TypeSystem.elementOf((DeclaredType) type);
    if (element.getModifiers().contains(Modifier.ABSTRACT)
        && element.getKind() != ElementKind.ENUM
        && element.getPermittedSubclasses().isEmpty()) {
      String kind = element.getKind().isInterface() ? "interface" : "abstract class";
      return Optional.of("an open " + kind + " does not say which objects there are.");
    }
    return system
        .hiddenIn(type, system.elements().getPackageOf(method.element()))
        .map(hidden -> "the wrapper is a class of its own and could not see it.");
  }
}
