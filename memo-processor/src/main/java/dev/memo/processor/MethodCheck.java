package dev.memo.processor;

import static java.util.stream.Collectors.toSet;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.NestingKind;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Whether a wrapper can call the method, and show its signature. */
final class MethodCheck {
  private final TypeSystem system;

  MethodCheck(TypeSystem system) {
    this.system = system;
  }

  /** The first reason why it cannot. */
  Optional<Refusal> refusal(AnnotatedMethod method) {
    return Stream.<Function<AnnotatedMethod, Optional<Refusal>>>of(
            this::abstractMethod,
            this::nativeMethod,
            this::privateMethod,
            this::hiddenClass,
            this::sameVariable,
            this::noResult,
            this::hiddenType,
            this::throwsMoreThanExceptions)
        .flatMap(check -> check.apply(method).stream())
        .findFirst();
  }

  /** What is allowed, but probably not what the author wants. */
  Optional<Refusal> warning(AnnotatedMethod method) {
    return when(
        is(method, Modifier.SYNCHRONIZED) && !OverrideCheck.isSuppressed(method.element()),
        () ->
            method.refuse(
                "is synchronized, which only serialises its computations.",
                "a hit takes no lock, and one thread at a time computes a call anyway.",
                "leave synchronized out, guard what the body shares by a lock of its own, or say"
                    + " @SuppressWarnings(\"memo\")."));
  }

  private Optional<Refusal> abstractMethod(AnnotatedMethod method) {
    return when(
        is(method, Modifier.ABSTRACT) && method.declaring().getKind() != ElementKind.INTERFACE,
        () ->
            method.refuse(
                "cannot be cached: it is abstract.",
                "there is no code whose results could be kept, and no interface to implement.",
                "annotate the method that does the work, or declare this one in an interface."));
  }

  private Optional<Refusal> nativeMethod(AnnotatedMethod method) {
    return when(
        is(method, Modifier.NATIVE),
        () ->
            method.refuse(
                "cannot be cached: it is native.",
                "memo recognises changed code by its bytecode, and there is none.",
                "annotate a Java method that calls it."));
  }

  private Optional<Refusal> privateMethod(AnnotatedMethod method) {
    return when(
        is(method, Modifier.PRIVATE),
        () ->
            method.refuse(
                "cannot be cached: it is private.",
                "the wrapper is a class of its own and could not call it.",
                "make it package-private."));
  }

  private Optional<Refusal> hiddenClass(AnnotatedMethod method) {
    for (Element e = method.declaring(); e instanceof TypeElement type; ) {
      if (type.getModifiers().contains(Modifier.PRIVATE)) {
        return Optional.of(
            method.refuse(
                "cannot be cached: the class " + type.getSimpleName() + " is private.",
                "the wrapper is a class of its own and could not see it.",
                "make the class package-private, or move the method to one that is."));
      }
      if (type.getNestingKind() == NestingKind.LOCAL
          || type.getNestingKind() == NestingKind.ANONYMOUS) {
        return Optional.of(
            method.refuse(
                "cannot be cached: its class is declared inside a method.",
                "the wrapper is a class of its own and could not see it.",
                "move the method to a class that has a name outside."));
      }
      e = type.getEnclosingElement();
    }
    return Optional.empty();
  }

  /** The wrapper of a method that takes its receiver first has the variables of both. */
  private Optional<Refusal> sameVariable(AnnotatedMethod method) {
    Set<String> ofClass =
        TypeSystem.variables(method.declaring().asType()).stream()
            .map(variable -> variable.getSimpleName().toString())
            .collect(toSet());
    return method.element().getTypeParameters().stream()
        .filter(
            variable ->
                method.shape() == Shape.RECEIVER_FIRST
                    && ofClass.contains(variable.getSimpleName().toString()))
        .findFirst()
        .map(
            variable ->
                method.refuse(
                    "cannot be cached: its type variable " + variable + " hides that of the class.",
                    "the wrapper is a static method, which needs both.",
                    "rename one of the two."));
  }

  private Optional<Refusal> noResult(AnnotatedMethod method) {
    TypeMirror result = TypeSystem.yielded(method.element().getReturnType());
    return when(
        result.getKind() == TypeKind.VOID || system.isA(result, "java.lang.Void"),
        () ->
            method.refuse(
                "cannot be cached: it returns nothing.",
                "there is no result to keep, and a hit would skip what the method does.",
                "return what the method finds out, or do not cache it."));
  }

  private Optional<Refusal> hiddenType(AnnotatedMethod method) {
    PackageElement from = system.elements().getPackageOf(method.element());
    return Signature.types(method.element())
        .flatMap(type -> system.hiddenIn(type, from).stream())
        .findFirst()
        .map(
            hidden ->
                method.refuse(
                    "cannot be cached: its signature names " + hidden.getSimpleName() + ".",
                    "the wrapper is a class of its own and could not see that type.",
                    "make "
                        + hidden.getSimpleName()
                        + " visible in the package, or leave it out of the signature."));
  }

  private Optional<Refusal> throwsMoreThanExceptions(AnnotatedMethod method) {
    return method.element().getThrownTypes().stream()
        .filter(type -> !system.isA(type, "java.lang.Exception", "java.lang.Error"))
        .findFirst()
        .map(
            type ->
                method.refuse(
                    "cannot be cached: it throws " + Names.simple(type) + ".",
                    "a handle can pass on exceptions and errors, but nothing wider.",
                    "declare the exceptions that it throws."));
  }

  private static boolean is(AnnotatedMethod method, Modifier modifier) {
    return method.element().getModifiers().contains(modifier);
  }

  private static Optional<Refusal> when(boolean condition, Supplier<Refusal> refusal) {
    return condition ? Optional.of(refusal.get()) : Optional.empty();
  }
}
