package dev.memo.processor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Warns where a method is not cached though one may think so: annotations of methods are not
 * inherited. A class that implements an interface is not warned of: it is what a wrapper of the
 * interface takes.
 */
final class OverrideCheck {
  private static final String REMEDY_SUFFIX = ", or say @SuppressWarnings(\"memo\").";

  private final TypeSystem system;

  OverrideCheck(TypeSystem system) {
    this.system = system;
  }

  /** Of methods of a class, and of the classes in it, that override a cached one. */
  Stream<Refusal> lostAnnotations(TypeElement type) {
    Stream<Refusal> own =
        ElementFilter.methodsIn(type.getEnclosedElements()).stream()
            .filter(method -> !isCached(method) && !isSuppressed(method))
            .flatMap(method -> lostAnnotation(type, method).stream());
    Stream<Refusal> nested =
        ElementFilter.typesIn(type.getEnclosedElements()).stream().flatMap(this::lostAnnotations);
    return Stream.concat(own, nested);
  }

  private Optional<Refusal> lostAnnotation(TypeElement type, ExecutableElement method) {
    return inheritedFrom(type)
        .filter(inherited -> system.elements().overrides(method, inherited, type))
        .findFirst()
        .map(
            inherited ->
                new Refusal(
                    Refusal.Spot.of(method),
                    label(method) + " is not cached, but " + label(inherited) + " is.",
                    "the annotation of an overridden method does not count for the one that"
                        + " overrides it.",
                    "annotate " + label(method) + " as well" + REMEDY_SUFFIX));
  }

  /** Of cached methods that the class inherits, while its wrapper caches others. */
  Stream<Refusal> inherited(TypeElement type) {
    List<ExecutableElement> own = ElementFilter.methodsIn(type.getEnclosedElements());
    return isSuppressed(type)
        ? Stream.empty()
        : inheritedFrom(type)
            .filter(
                inherited ->
                    own.stream()
                        .noneMatch(method -> system.elements().overrides(method, inherited, type)))
            .map(
                inherited ->
                    new Refusal(
                        Refusal.Spot.of(type),
                        "The wrapper of "
                            + type.getSimpleName()
                            + " does not cache "
                            + label(inherited)
                            + ".",
                        "a wrapper caches the methods that its class declares, not those that it"
                            + " inherits.",
                        "override it in "
                            + type.getSimpleName()
                            + " and annotate it there"
                            + REMEDY_SUFFIX));
  }

  /** The cached instance methods of the classes that a class extends, or an interface. */
  private Stream<ExecutableElement> inheritedFrom(TypeElement type) {
    return system.members().lineage(type).stream()
        .skip(1)
        .filter(other -> other.getKind().isInterface() == type.getKind().isInterface())
        .flatMap(other -> ElementFilter.methodsIn(other.getEnclosedElements()).stream())
        .filter(OverrideCheck::isCached)
        .filter(method -> !method.getModifiers().contains(Modifier.STATIC));
  }

  private static boolean isCached(ExecutableElement method) {
    return Annotations.find(method, Annotations.CACHED).isPresent();
  }

  /** The author says so, of the method or of a class around it. */
  static boolean isSuppressed(Element element) {
    for (Element e = element;
        e != null && e.getKind() != ElementKind.PACKAGE;
        e = e.getEnclosingElement()) {
      if (Annotations.find(e, SuppressWarnings.class.getName())
          .flatMap(annotation -> Annotations.value(annotation, "value"))
          .stream()
          .flatMap(value -> Annotations.valuesIn(value).stream())
          .anyMatch(value -> value.getValue().equals("memo"))) {
        return true;
      }
    }
    return false;
  }

  private static String label(ExecutableElement method) {
    return AnnotatedMethod.label(method);
  }
}
