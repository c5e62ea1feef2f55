package dev.memo.processor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/** Whether a wrapper of an interface can declare what it passes on, inherited methods too. */
final class PassedOnCheck {
  private final TypeSystem system;

  PassedOnCheck(TypeSystem system) {
    this.system = system;
  }

  /** The first reason why it cannot. */
  Optional<Refusal> refusal(TypeElement declaring, List<AnnotatedMethod> cached) {
    return cached.stream().noneMatch(method -> method.shape() == Shape.DECORATE)
        ? Optional.empty()
        : system.members().instanceMethods(declaring).stream()
            .flatMap(
                method -> Stream.of(sameVariable(declaring, method), hiddenType(declaring, method)))
            .flatMap(Optional::stream)
            .findFirst();
  }

  /** Variables are printed by their names, and that of the method would be meant. */
  private Optional<Refusal> sameVariable(TypeElement declaring, ExecutableElement method) {
    return types(declaring, method)
        .flatMap(type -> TypeSystem.variables(type).stream())
        .filter(variable -> declaring.equals(variable.getGenericElement()))
        .filter(variable -> isHidden(variable, method))
        .findFirst()
        .map(
            variable ->
                refuse(
                    declaring,
                    AnnotatedMethod.label(method) + " has a type variable " + variable + ", too.",
                    "the wrapper passes that method on, and needs both in its signature.",
                    "rename the type variable "
                        + variable
                        + " of "
                        + declaring.getSimpleName()
                        + "."));
  }

  private static boolean isHidden(TypeParameterElement variable, ExecutableElement method) {
    return method.getTypeParameters().stream()
        .anyMatch(own -> own.getSimpleName().equals(variable.getSimpleName()));
  }

  private Optional<Refusal> hiddenType(TypeElement declaring, ExecutableElement method) {
    PackageElement from = system.elements().getPackageOf(declaring);
    return types(declaring, method)
        .flatMap(type -> system.hiddenIn(type, from).stream())
        .findFirst()
        .map(
            hidden ->
                refuse(
                    declaring,
                    AnnotatedMethod.label(method) + " names " + hidden.getSimpleName() + ".",
                    "the wrapper passes that method on, and could not see that type.",
                    "make "
                        + hidden.getSimpleName()
                        + " visible in the package, or move what is cached to an interface without"
                        + " that method."));
  }

  /** What the wrapper's method names, with the variables of the interface filled in. */
  private Stream<TypeMirror> types(TypeElement declaring, ExecutableElement method) {
    ExecutableType type = system.members().asMember(declaring, method);
    return Stream.of(
            Stream.of(type.getReturnType()),
            type.getParameterTypes().stream(),
            system.members().commonExceptions(declaring, method).stream(),
            type.getTypeVariables().stream().map(TypeVariable::getUpperBound))
        .flatMap(types -> types);
  }

  private static Refusal refuse(TypeElement declaring, String what, String why, String remedy) {
    return new Refusal(
        Refusal.Spot.of(declaring),
        declaring.getQualifiedName() + " cannot have a wrapper: " + what,
        why,
        remedy);
  }
}
