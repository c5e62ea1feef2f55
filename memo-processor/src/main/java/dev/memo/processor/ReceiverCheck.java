package dev.memo.processor;

import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** Whether the class of an instance method says what identifies its objects. */
final class ReceiverCheck {
  private final Receivers receivers;
  private final ArgumentCheck arguments;

  ReceiverCheck(Receivers receivers, ArgumentCheck arguments) {
    this.receivers = receivers;
    this.arguments = arguments;
  }

  Optional<Refusal> refusal(AnnotatedMethod method) {
    if (method.shape() == Shape.STATIC) {
      return noReceiver(method);
    }
    Optional<ReceiverKey> key = receivers.keyOf(method);
    if (key.isEmpty()) {
      return Optional.of(unidentified(method));
    }
    return switch (key.get().kind()) {
      case NOTHING -> Optional.empty();
      case CONTENT -> content(method);
      case MEMBERS -> members(method);
    };
  }

  private static Optional<Refusal> noReceiver(AnnotatedMethod method) {
    return method.ignoresReceiver()
        ? Optional.of(
            method.refuseValue(
                method.value("receiver"),
                "a static method has no receiver.",
                "it is called on no object that could be ignored.",
                "leave receiver out."))
        : Optional.empty();
  }

  private static Refusal unidentified(AnnotatedMethod method) {
    String name = method.declaring().getSimpleName().toString();
    String remedy =
        method.declaring().getKind().isInterface()
            ? "declare a method in "
                + name
                + " that identifies the object, marked with @CacheIdentity; or say"
                + " @Cached(receiver = Receiver.IGNORED) if all objects of one class are alike."
            : "mark the fields or the method that identify it with @CacheIdentity; or make "
                + name
                + " a record or an enum, which their content identifies; or say @Cached(receiver ="
                + " Receiver.IGNORED) if all are alike.";
    return method.refuse(
        "cannot be cached: nothing says which " + name + " it is called on.",
        "the result may depend on that object, so it must be part of the key.",
        remedy);
  }

  private static Refusal unidentifiedOuter(AnnotatedMethod method) {
    String name = method.declaring().getSimpleName().toString();
    return method.refuse(
        "cannot be cached: nothing says to which object around it one of " + name + " belongs.",
        "an inner class may read all that is in that object.",
        "make "
            + name
            + " static, with what it reads as fields of its own; or mark a method in it with"
            + " @CacheIdentity that returns what identifies both.");
  }

  private Optional<Refusal> content(AnnotatedMethod method) {
    return problemOfContent(method.declaring(), Names.receiver(method))
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: its receiver's "
                        + problem.path()
                        + " cannot be part of a key.",
                    problem.why() + ".",
                    "mark what identifies the receiver with @CacheIdentity, or say"
                        + " @Cached(receiver = Receiver.IGNORED) if all are alike."));
  }

  private Optional<Problem> problemOfContent(TypeElement type, String path) {
    List<TypeElement> closed = receivers.closedContent(type);
    if (!closed.isEmpty()) {
      return closed.stream().flatMap(one -> problemOfContent(one, path).stream()).findFirst();
    }
    List<Element> marked = receivers.members(type);
    return type.getKind() == ElementKind.RECORD && !marked.isEmpty()
        ? marked.stream()
            .flatMap(member -> problem(member, path + "." + Receivers.name(member)).stream())
            .findFirst()
        : arguments.problem(type.asType(), path);
  }

  private Optional<Problem> problem(Element member, String path) {
    return arguments.problem(
        member instanceof ExecutableElement getter ? getter.getReturnType() : member.asType(),
        path);
  }

  private Optional<Refusal> members(AnnotatedMethod method) {
    List<Element> members = receivers.members(method.declaring());
    boolean asksTheObject = members.stream().anyMatch(ExecutableElement.class::isInstance);
    if (receivers.isInner(method.declaring()) && !asksTheObject) {
      return Optional.of(unidentifiedOuter(method));
    }
    return members.stream().flatMap(member -> member(method, member, members).stream()).findFirst();
  }

  private Optional<Refusal> member(AnnotatedMethod method, Element member, List<Element> members) {
    String name = Receivers.name(member);
    boolean isTwice =
        members.stream().filter(other -> Receivers.name(other).equals(name)).count() > 1;
    if (isTwice) {
      return Optional.of(
          method.refuse(
              "cannot be cached: two members that identify its receiver are called " + name + ".",
              "memo finds them by their names.",
              "rename one of them."));
    }
    return problem(member, name)
        .map(
            problem ->
                method.refuse(
                    "cannot be cached: "
                        + problem.path()
                        + ", which identifies its receiver, cannot be part of a key.",
                    problem.why() + ".",
                    "mark a String, a record or another value instead."));
  }
}
