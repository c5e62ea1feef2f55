package dev.memo.processor;

import java.util.List;
import java.util.Set;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;

/**
 * What is printed for one class.
 *
 * @param saysGenerated whether the class may name {@code javax.annotation.processing.Generated}
 * @param annotations those of the class that count for the wrapper too
 * @param suppressions the warnings that calling the methods would cause
 * @param shadowed names of {@code java.lang} that mean something else in the package
 */
record Wrapper(
    TypeElement declaring,
    String packageName,
    String name,
    boolean isPublic,
    boolean saysGenerated,
    List<AnnotationMirror> annotations,
    List<String> suppressions,
    List<String> shadowed,
    List<Method> methods) {

  /**
   * A cached method.
   *
   * @param access {@code public}, {@code protected} or nothing
   * @param parameterTypes erased
   * @param thrown what the handle throws
   * @param declaresMore whether the method declares exceptions that the handle cannot say
   * @param byReference whether {@code Class::method} means this method and no other
   * @param isOverload whether the wrapper has another method of this name
   */
  record Method(
      AnnotatedMethod source,
      Set<Modifier> access,
      List<AnnotationMirror> annotations,
      List<Parameter> parameters,
      List<TypeMirror> parameterTypes,
      TypeMirror result,
      TypeMirror thrown,
      boolean declaresMore,
      boolean byReference,
      boolean isOverload) {

    boolean isVarArgs() {
      return source.element().isVarArgs();
    }

    List<? extends TypeMirror> declaredExceptions() {
      return source.element().getThrownTypes();
    }
  }

  /**
   * A parameter, and the component of the arguments' record that stands for it.
   *
   * @param name in the wrapper's method
   * @param component in the record, or in the function that the handle calls
   */
  record Parameter(
      String name, String component, TypeMirror type, List<AnnotationMirror> annotations) {}
}
