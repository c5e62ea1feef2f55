package dev.memo.processor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** What classes have and inherit, as wrappers that extend or implement them must know it. */
record ClassMembers(TypeSystem system) {

  /** The class, what it extends, then all that these implement; each once. */
  List<TypeElement> lineage(TypeElement type) {
    Set<TypeElement> classes = new LinkedHashSet<>();
    Optional<TypeElement> next = Optional.of(type);
    while (next.isPresent() && classes.add(next.get())) {
      next = element(next.get().getSuperclass());
    }
    Deque<TypeElement> open = new ArrayDeque<>(classes);
    while (!open.isEmpty()) {
      for (TypeMirror implemented : open.remove().getInterfaces()) {
        element(implemented).filter(classes::add).ifPresent(open::add);
      }
    }
    return List.copyOf(classes);
  }

  private static Optional<TypeElement> element(TypeMirror type) {
    return type instanceof DeclaredType declared && type.getKind() == TypeKind.DECLARED
        ? Optional.of(TypeSystem.elementOf(declared))
        : Optional.empty();
  }

  /** The constructors that a subclass in the same package can call. */
  List<ExecutableElement> constructors(TypeElement type) {
    PackageElement from = system.elements().getPackageOf(type);
    return ElementFilter.constructorsIn(type.getEnclosedElements()).stream()
        .filter(constructor -> !constructor.getModifiers().contains(Modifier.PRIVATE))
        .filter(
            constructor ->
                Signature.types(constructor)
                    .allMatch(part -> system.hiddenIn(part, from).isEmpty()))
        .toList();
  }

  /** The type whose objects those of an inner class belong to. */
  Optional<TypeMirror> outer(TypeElement type) {
    boolean isInner =
        type.getNestingKind() == NestingKind.MEMBER
            && type.getKind() == ElementKind.CLASS
            && !type.getModifiers().contains(Modifier.STATIC);
    return isInner ? Optional.of(TypeSystem.declaring(type).asType()) : Optional.empty();
  }

  /**
   * The methods of an interface's objects, inherited ones too, but for those of all objects. Of
   * several that a class implements with one method, the one with the narrowest result. Sorted:
   * compilers list members in different orders.
   */
  List<ExecutableElement> instanceMethods(TypeElement declaring) {
    List<ExecutableElement> methods = new ArrayList<>();
    List<ExecutableElement> all =
        new ArrayList<>(ElementFilter.methodsIn(system.elements().getAllMembers(declaring)));
    all.sort(
        Comparator.comparing(this::label)
            .thenComparing(one -> TypeSystem.declaring(one).toString()));
    for (ExecutableElement method : all) {
      if (TypeSystem.declaring(method).getKind().isInterface()
          && !method.getModifiers().contains(Modifier.STATIC)
          && !method.getModifiers().contains(Modifier.PRIVATE)
          && !isOfEveryObject(method)) {
        merge(declaring, method, methods);
      }
    }
    return methods;
  }

  private String label(ExecutableElement method) {
    return method.getSimpleName()
        + method.getParameters().stream()
            .map(it -> system.binaryName(it.asType()))
            .toList()
            .toString();
  }

  private boolean isOfEveryObject(ExecutableElement method) {
    TypeElement object = system.elements().getTypeElement("java.lang.Object");
    return ElementFilter.methodsIn(object.getEnclosedElements()).stream()
        .anyMatch(
            other ->
                other.getSimpleName().equals(method.getSimpleName())
                    && system
                        .types()
                        .isSubsignature(
                            (ExecutableType) method.asType(), (ExecutableType) other.asType()));
  }

  private void merge(
      TypeElement declaring, ExecutableElement method, List<ExecutableElement> methods) {
    for (int i = 0; i < methods.size(); i++) {
      ExecutableElement other = methods.get(i);
      ExecutableType type = asMember(declaring, method);
      ExecutableType otherType = asMember(declaring, other);
      if (other.getSimpleName().equals(method.getSimpleName())
          && (system.types().isSubsignature(type, otherType)
              || system.types().isSubsignature(otherType, type))) {
        if (returnsLess(type, otherType) || TypeSystem.declaring(method).equals(declaring)) {
          methods.set(i, method);
        }
        return;
      }
    }
    methods.add(method);
  }

  private boolean returnsLess(ExecutableType type, ExecutableType other) {
    return system.types().isSubtype(type.getReturnType(), other.getReturnType())
        && !system.types().isSameType(type.getReturnType(), other.getReturnType());
  }

  /** The method as members of the class have it, the variables of its supertypes filled in. */
  ExecutableType asMember(TypeElement declaring, ExecutableElement method) {
    return (ExecutableType) system.types().asMemberOf((DeclaredType) declaring.asType(), method);
  }

  /**
   * Whether what a subclass or an implementation of the class must say is not known, at least not
   * yet.
   */
  boolean hasUnresolvedMembers(TypeElement type) {
    return lineage(type).stream()
        .filter(one -> !system.isOfJdk(one))
        .anyMatch(
            one ->
                TypeSystem.isUnresolved(one.getSuperclass())
                    || one.getInterfaces().stream().anyMatch(TypeSystem::isUnresolved)
                    || one.getEnclosedElements().stream()
                        .filter(ExecutableElement.class::isInstance)
                        .flatMap(member -> Signature.types((ExecutableElement) member))
                        .anyMatch(TypeSystem::isUnresolved));
  }
}
