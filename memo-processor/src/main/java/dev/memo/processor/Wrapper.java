package dev.memo.processor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/**
 * What is printed for one class.
 *
 * @param base what the wrapper is beside a holder of static methods
 * @param variables type variables of the wrapper: those of the class, if it stands for an object
 * @param saysGenerated whether the class may name {@code javax.annotation.processing.Generated}
 * @param annotations those of the class that count for the wrapper too
 * @param suppressions the warnings that calling the methods would cause
 * @param shadowed names of {@code java.lang} that mean something else in the package
 */
record Wrapper(
    TypeElement declaring,
    String packageName,
    String name,
    Base base,
    List<TypeVariable> variables,
    boolean isPublic,
    boolean saysGenerated,
    List<AnnotationMirror> annotations,
    List<String> suppressions,
    List<String> shadowed,
    List<Method> methods) {

  /** What the wrapper is beside a holder of static methods. */
  sealed interface Base permits Nothing, Subclass, Decorator {}

  /** Nothing: nobody makes one. */
  record Nothing() implements Base {}

  /**
   * A subclass.
   *
   * @param outer the type whose objects the class belongs to
   */
  record Subclass(List<Head> constructors, Optional<TypeMirror> outer) implements Base {}

  /** An implementation of the interface, which passes on what it does not cache. */
  record Decorator(List<Head> passedOn) implements Base {}

  /**
   * A cached method.
   *
   * @param head what the wrapper's method says; a receiver that comes first is not among its
   *     parameters
   * @param receiver what identifies the receiver, if there is one
   * @param receiverName what the wrapper calls a receiver that comes first
   * @param arguments one for each parameter
   * @param parameterTypes erased
   * @param recordVariables the type variables that its record of arguments needs
   * @param variablesOfCalls names of those that each call fills in anew
   * @param thrown what the handle throws
   * @param throwsChecked whether that must be declared
   * @param declaresMore whether the method declares exceptions that the handle cannot say
   * @param byReference whether {@code Class::method} means this method and no other
   * @param isOverload whether the wrapper has another method of this name
   * @param isReceiverSecret whether the receiver's {@code toString} may say something secret
   */
  record Method(
      AnnotatedMethod source,
      Head head,
      Optional<ReceiverKey> receiver,
      String receiverName,
      List<Argument> arguments,
      List<TypeMirror> parameterTypes,
      List<TypeVariable> recordVariables,
      Set<String> variablesOfCalls,
      TypeMirror thrown,
      boolean throwsChecked,
      boolean declaresMore,
      boolean byReference,
      boolean isOverload,
      boolean isReceiverSecret) {

    Shape shape() {
      return source.shape();
    }

    boolean hasReceiverFirst() {
      return shape() == Shape.RECEIVER_FIRST;
    }

    /** Whether the function that the handle calls must be generic, and so a method of its own. */
    boolean isComputedByMethod() {
      return source.takesRecord() && !variablesOfCalls.isEmpty();
    }

    /** Whether a component must not be shown. */
    boolean hasSecret() {
      return hasSecretReceiver() || arguments.stream().anyMatch(Argument::isSecret);
    }

    /** Whether that is the receiver. */
    boolean hasSecretReceiver() {
      return hasReceiverFirst() && isReceiverSecret;
    }
  }

  /**
   * The component of the arguments' record that stands for a parameter, or the parameter of the
   * function that the handle calls.
   *
   * @param annotations about null, and about its part in keys
   */
  record Argument(
      String name, TypeMirror type, List<AnnotationMirror> annotations, boolean isSecret) {}
}
