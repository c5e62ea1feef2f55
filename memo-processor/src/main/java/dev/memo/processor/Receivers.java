package dev.memo.processor;

import dev.memo.processor.ReceiverKey.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;

/** Finds out what identifies the objects of a class. */
final class Receivers {
  private final TypeSystem system;
  private final Set<String> keyTypes;

  /**
   * @param keyTypes names of classes that have a {@code KeyEncoder}
   */
  Receivers(TypeSystem system, Set<String> keyTypes) {
    this.system = system;
    this.keyTypes = Set.copyOf(keyTypes);
  }

  /** Empty if the class does not say it. Not to be asked of static methods. */
  Optional<ReceiverKey> keyOf(AnnotatedMethod method) {
    TypeElement declaring = method.declaring();
    boolean withClass =
        method.shape() == Shape.DECORATE
            || (method.shape() == Shape.RECEIVER_FIRST && !isOfOneClass(declaring));
    if (method.ignoresReceiver()) {
      return Optional.of(new ReceiverKey(Kind.NOTHING, List.of(), withClass));
    }
    List<Element> members = members(declaring);
    if (!members.isEmpty()) {
      List<String> names = members.stream().map(Receivers::name).sorted().toList();
      return Optional.of(new ReceiverKey(Kind.MEMBERS, names, withClass));
    }
    return hasContent(declaring)
        ? Optional.of(new ReceiverKey(Kind.CONTENT, List.of(), false))
        : Optional.empty();
  }

  /**
   * What is marked in the class and in what it extends and implements; of a record's component,
   * whose mark its field and its accessor have, the field; of methods that override each other,
   * one.
   */
  List<Element> members(TypeElement declaring) {
    List<Element> marked = marked(declaring);
    return marked.stream()
        .filter(member -> !isAccessor(member, marked))
        .filter(
            member ->
                marked.indexOf(sameMethod(member, marked, declaring)) == marked.indexOf(member))
        .toList();
  }

  /** All that is marked, the same thing perhaps twice. */
  private List<Element> marked(TypeElement declaring) {
    return system.members().lineage(declaring).stream()
        .flatMap(type -> type.getEnclosedElements().stream())
        .filter(Receivers::isMarked)
        .filter(member -> !member.getModifiers().contains(Modifier.STATIC))
        .<Element>map(member -> member)
        .toList();
  }

  private static boolean isMarked(Element member) {
    return Annotations.find(member, Annotations.CACHE_IDENTITY).isPresent();
  }

  /** Whether its objects themselves have something secret. */
  boolean hasSecret(TypeElement type) {
    return system.members().lineage(type).stream()
        .flatMap(one -> one.getEnclosedElements().stream())
        .anyMatch(member -> Annotations.find(member, Annotations.SECRET).isPresent());
  }

  /** Those whose objects are all that there are of it, if their content identifies them. */
  List<TypeElement> closedContent(TypeElement type) {
    boolean isClosed = !isKeyType(type) && type.getModifiers().contains(Modifier.ABSTRACT);
    return isClosed ? permitted(type).toList() : List.of();
  }

  private static boolean isAccessor(Element member, List<Element> marked) {
    return member.getKind() == ElementKind.METHOD
        && TypeSystem.declaring(member).getKind() == ElementKind.RECORD
        && marked.stream()
            .anyMatch(
                other ->
                    other.getKind() == ElementKind.FIELD
                        && TypeSystem.declaring(other).equals(TypeSystem.declaring(member))
                        && other.getSimpleName().equals(member.getSimpleName()));
  }

  /** The first of the marked methods that the member is, or that overrides it. */
  private Element sameMethod(Element member, List<Element> marked, TypeElement declaring) {
    return marked.stream()
        .filter(other -> other.equals(member) || overrides(other, member, declaring))
        .findFirst()
        .orElse(member);
  }

  private boolean overrides(Element method, Element other, TypeElement declaring) {
    return method instanceof ExecutableElement overriding
        && other instanceof ExecutableElement overridden
        && system.elements().overrides(overriding, overridden, declaring);
  }

  /** Whether its objects belong to objects of another class. */
  boolean isInner(TypeElement type) {
    return system.members().outer(type).isPresent();
  }

  /** As {@code CachedMethod.identifiedBy} takes it. */
  static String name(Element member) {
    return member.getSimpleName() + (member instanceof ExecutableElement ? "()" : "");
  }

  private static boolean isOfOneClass(TypeElement type) {
    return type.getKind() == ElementKind.RECORD
        || type.getKind() == ElementKind.ENUM
        || type.getModifiers().contains(Modifier.FINAL);
  }

  private boolean hasContent(TypeElement type) {
    if (type.getKind() == ElementKind.RECORD
        || type.getKind() == ElementKind.ENUM
        || isKeyType(type)) {
      return true;
    }
    return type.getModifiers().contains(Modifier.ABSTRACT)
        && !type.getPermittedSubclasses().isEmpty()
        && permitted(type).allMatch(this::hasContent);
  }

  private boolean isKeyType(TypeElement type) {
    return keyTypes.contains(type.getQualifiedName().toString());
  }

  private static Stream<TypeElement> permitted(TypeElement type) {
    return type.getPermittedSubclasses().stream()
        .map(permitted -> TypeSystem.elementOf((DeclaredType) permitted));
  }
}
