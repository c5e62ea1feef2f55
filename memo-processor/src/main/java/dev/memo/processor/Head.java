package dev.memo.processor;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/**
 * What stands before the body of a method or a constructor.
 *
 * @param access {@code public}, {@code protected} or nothing
 * @param variables its own type variables
 * @param result nothing that means anything for a constructor
 * @param hasPlainTypes whether types are printed without their annotations
 */
record Head(
    String name,
    Set<Modifier> access,
    List<AnnotationMirror> annotations,
    List<TypeVariable> variables,
    TypeMirror result,
    List<Parameter> parameters,
    List<? extends TypeMirror> exceptions,
    boolean isVarArgs,
    boolean hasPlainTypes) {

  /** Result, parameters, exceptions: in this order. */
  Stream<TypeMirror> types() {
    return Stream.of(
            Stream.of(result), parameters.stream().map(Parameter::type), exceptions.stream())
        .flatMap(types -> types);
  }

  Head withVariables(List<TypeVariable> variables) {
    return new Head(
        name,
        access,
        annotations,
        variables,
        result,
        parameters,
        exceptions,
        isVarArgs,
        hasPlainTypes);
  }

  /** A parameter. */
  record Parameter(String name, TypeMirror type, List<AnnotationMirror> annotations) {}
}
