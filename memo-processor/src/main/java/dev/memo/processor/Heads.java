package dev.memo.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/** Reads what stands before the bodies of methods and constructors. */
final class Heads {
  private final TypeSystem system;

  Heads(TypeSystem system) {
    this.system = system;
  }

  /**
   * The head as it is declared.
   *
   * @param taken names that parameters must not have
   */
  Head of(ExecutableElement element, Set<String> taken) {
    List<? extends VariableElement> parameters = element.getParameters();
    List<String> names =
        Names.avoiding(taken, parameters.stream().map(p -> p.getSimpleName().toString()).toList());
    List<AnnotationMirror> annotations = new ArrayList<>(deprecated(element));
    Annotations.find(element, "java.lang.SafeVarargs").ifPresent(annotations::add);
    annotations.addAll(Annotations.nullness(element));
    return head(
        element,
        (ExecutableType) element.asType(),
        annotations,
        element.getThrownTypes(),
        false,
        i ->
            new Head.Parameter(
                names.get(i), parameters.get(i).asType(), Annotations.nullness(parameters.get(i))));
  }

  /**
   * The head of a method that the class inherits, with its type variables filled in. That may come
   * from a class file, of which some compilers know neither names nor what types say about null: no
   * wrapper shall differ for that.
   */
  private Head inherited(ExecutableElement element, TypeElement declaring) {
    ExecutableType type = system.members().asMember(declaring, element);
    return head(
        element,
        type,
        deprecated(element),
        system.members().commonExceptions(declaring, element),
        true,
        i -> new Head.Parameter("arg" + i, type.getParameterTypes().get(i), List.of()));
  }

  private static Head head(
      ExecutableElement element,
      ExecutableType type,
      List<AnnotationMirror> annotations,
      List<? extends TypeMirror> exceptions,
      boolean hasPlainTypes,
      IntFunction<Head.Parameter> parameter) {
    return new Head(
        element.getSimpleName().toString(),
        access(element),
        annotations,
        type.getTypeVariables().stream().<TypeVariable>map(variable -> variable).toList(),
        type.getReturnType(),
        IntStream.range(0, element.getParameters().size()).mapToObj(parameter).toList(),
        exceptions,
        element.isVarArgs(),
        hasPlainTypes);
  }

  /** Those that a wrapper of the interface passes on: what it must implement, and defaults. */
  List<Head> passedOn(TypeElement declaring, List<AnnotatedMethod> cached, Set<String> taken) {
    return system.members().instanceMethods(declaring).stream()
        .filter(method -> cached.stream().noneMatch(it -> it.element().equals(method)))
        .map(
            method ->
                TypeSystem.declaring(method).equals(declaring)
                    ? of(method, taken)
                    : inherited(method, declaring))
        .toList();
  }

  private static Set<Modifier> access(ExecutableElement method) {
    Set<Modifier> access = new TreeSet<>(Set.of(Modifier.PUBLIC, Modifier.PROTECTED));
    access.retainAll(method.getModifiers());
    return access;
  }

  /** What callers of the method are told, callers of the wrapper must be told too. */
  private static List<AnnotationMirror> deprecated(ExecutableElement method) {
    return Annotations.find(method, "java.lang.Deprecated").stream()
        .<AnnotationMirror>map(mirror -> mirror)
        .toList();
  }
}
