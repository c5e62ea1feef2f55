package dev.memo.processor;

import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeMirror;

/** The types that a method's declaration names. */
final class Signature {
  private Signature() {}

  /** Result, parameters, exceptions, bounds of type variables: in this order. */
  static Stream<TypeMirror> types(ExecutableElement method) {
    return Stream.of(
            Stream.of(method.getReturnType()),
            method.getParameters().stream().map(Element::asType),
            method.getThrownTypes().stream(),
            method.getTypeParameters().stream().flatMap(variable -> variable.getBounds().stream()))
        .flatMap(types -> types);
  }
}
