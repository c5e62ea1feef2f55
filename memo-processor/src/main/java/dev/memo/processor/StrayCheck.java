package dev.memo.processor;

import java.util.Optional;
import java.util.stream.Stream;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.type.TypeKind;

/** Refuses annotations of memo where they would have no effect: their author expects one. */
final class StrayCheck {
  private final TypeSystem system;
  private final WrapperNameCheck names;

  StrayCheck(TypeSystem system, WrapperNameCheck names) {
    this.system = system;
    this.names = names;
  }

  Stream<Refusal> refusals(RoundEnvironment round) {
    Stream<Refusal> parameters =
        Stream.of(Annotations.KEY_IGNORED, Annotations.SECRET)
            .flatMap(
                annotation ->
                    system.annotated(round, annotation).stream()
                        .flatMap(element -> ofElement(element, annotation).stream()));
    Stream<Refusal> members =
        system.annotated(round, Annotations.CACHE_IDENTITY).stream()
            .flatMap(member -> ofMember(member).stream());
    return Stream.concat(parameters, members);
  }

  private Optional<Refusal> ofElement(Element element, String annotation) {
    return element.getKind() == ElementKind.PARAMETER
        ? ofParameter(element, annotation)
        : ofSecretMember(element);
  }

  private Optional<Refusal> ofSecretMember(Element member) {
    boolean isIdentity = Annotations.find(member, Annotations.CACHE_IDENTITY).isPresent();
    return isIdentity || isOfComponent(member) || isOfWrapper(member)
        ? Optional.empty()
        : Optional.of(
            refusal(
                member,
                Annotations.SECRET,
                "@Secret has no effect on " + member.getSimpleName() + ".",
                "memo looks for it on parameters of @Cached methods, on components of records, and"
                    + " on what @CacheIdentity marks.",
                "move it there, or leave it out."));
  }

  private Optional<Refusal> ofParameter(Element parameter, String annotation) {
    Element method = parameter.getEnclosingElement();
    boolean isOfCached = method != null && Annotations.find(method, Annotations.CACHED).isPresent();
    boolean isSecret = annotation.equals(Annotations.SECRET);
    if (isOfCached || isOfWrapper(parameter) || (isSecret && isOfComponent(parameter))) {
      return Optional.empty();
    }
    String name = "@" + annotation.substring(annotation.lastIndexOf('.') + 1);
    return Optional.of(
        refusal(
            parameter,
            annotation,
            name + " has no effect on " + parameter.getSimpleName() + ".",
            isSecret
                ? "memo looks for it on parameters of @Cached methods, on components of records,"
                    + " and on what @CacheIdentity marks."
                : "memo looks for it on the parameters of @Cached methods only.",
            "move it to a parameter of the cached method, or leave it out."));
  }

  /** A component, its accessor or its field; or the parameter that has its mark. */
  private static boolean isOfComponent(Element element) {
    boolean isParameter = element.getKind() == ElementKind.PARAMETER;
    Element owner = isParameter ? element.getEnclosingElement() : element;
    return owner != null
        && TypeSystem.declaring(owner).getRecordComponents().stream()
            .filter(component -> component.getSimpleName().equals(element.getSimpleName()))
            .anyMatch(component -> !isParameter || isMarked(component));
  }

  private static boolean isMarked(RecordComponentElement component) {
    return TypeSystem.declaring(component).getEnclosedElements().stream()
        .filter(member -> member.getKind() == ElementKind.FIELD)
        .filter(field -> field.getSimpleName().equals(component.getSimpleName()))
        .anyMatch(field -> Annotations.find(field, Annotations.SECRET).isPresent());
  }

  /** Records of arguments repeat what the parameters say. */
  private boolean isOfWrapper(Element parameter) {
    for (Element e = parameter; e != null; e = e.getEnclosingElement()) {
      if (names.isWrapper(e)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Refusal> ofMember(Element member) {
    boolean isStatic = member.getModifiers().contains(Modifier.STATIC);
    boolean isGetter =
        !(member instanceof ExecutableElement method)
            || (method.getParameters().isEmpty()
                && method.getReturnType().getKind() != TypeKind.VOID);
    if (!isStatic && isGetter) {
      return Optional.empty();
    }
    return Optional.of(
        refusal(
            member,
            Annotations.CACHE_IDENTITY,
            "@CacheIdentity cannot mark " + member.getSimpleName() + ".",
            isStatic
                ? "what is static is the same for all objects."
                : "memo reads it without arguments, and it must say something.",
            "mark a field of the object, or a method that takes nothing and returns a value."));
  }

  private static Refusal refusal(
      Element element, String annotation, String what, String why, String remedy) {
    return new Refusal(
        new Refusal.Spot(element, Annotations.find(element, annotation).orElse(null), null),
        what,
        why,
        remedy);
  }
}
