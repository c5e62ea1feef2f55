package dev.memo.processor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;

/** Whether the methods of one class fit into one wrapper; they are offered one after the other. */
final class WrapperCheck {

  private static final String SAY_A_HANDLE =
      "give this method a name of its own: @Cached(handle = \"...\").";

  /** What must not be shared: two such functions would find each other's results. */
  private record Identity(String directory, String name, String version) {}

  private final TypeSystem system;
  private final TypeElement declaring;
  private final Set<String> methodNames;
  private final Map<String, AnnotatedMethod> members = new HashMap<>();
  private final Map<Identity, AnnotatedMethod> identities = new HashMap<>();

  WrapperCheck(TypeSystem system, TypeElement declaring, List<AnnotatedMethod> methods) {
    this.system = system;
    this.declaring = declaring;
    this.methodNames =
        methods.stream().map(AnnotatedMethod::methodName).collect(Collectors.toSet());
  }

  /** Why the method does not fit; without an answer it belongs to the wrapper from now on. */
  Optional<Refusal> refusal(AnnotatedMethod method) {
    Optional<Refusal> refusal =
        Stream.<Function<AnnotatedMethod, Optional<Refusal>>>of(
                this::sameIdentity, this::sameMember, this::sameAsMethod, this::hidesType)
            .flatMap(check -> check.apply(method).stream())
            .findFirst();
    if (refusal.isEmpty()) {
      membersOf(method).forEach(member -> members.put(member, method));
      identityOf(method).ifPresent(identity -> identities.put(identity, method));
    }
    return refusal;
  }

  private Optional<Refusal> sameIdentity(AnnotatedMethod method) {
    return identityOf(method)
        .map(identities::get)
        .map(
            other ->
                method.refuseValue(
                    method.value("name"),
                    "the name \"" + method.name() + "\" is taken by " + other.label() + ".",
                    "in one directory the two would find each other's results.",
                    "choose another name, or another version."));
  }

  private Optional<Refusal> sameMember(AnnotatedMethod method) {
    return membersOf(method)
        .flatMap(
            member ->
                Optional.ofNullable(members.get(member))
                    .map(other -> member + " is taken by " + other.label() + ".")
                    .stream())
        .findFirst()
        .map(
            what ->
                refuseHandle(
                    method,
                    what,
                    "each handle is a constant of the wrapper, and names its record of arguments."));
  }

  private Optional<Refusal> sameAsMethod(AnnotatedMethod method) {
    return methodNames.contains(method.handle())
        ? Optional.of(
            refuseHandle(
                method,
                method.handle() + " is the name of a method.",
                "readers of the wrapper could not tell the handle from the method."))
        : Optional.empty();
  }

  private Optional<Refusal> hidesType(AnnotatedMethod method) {
    return membersOf(method)
        .filter(this::isTypeOfWrapper)
        .findFirst()
        .map(
            member ->
                refuseHandle(
                    method,
                    member + " is the name of a class.",
                    "inside the wrapper it would hide the class."));
  }

  /** Names that generated code must be able to say; in a package, hidden ones are qualified. */
  private boolean isTypeOfWrapper(String member) {
    PackageElement in = system.elements().getPackageOf(declaring);
    return member.equals(Names.topLevel(declaring).getSimpleName().toString())
        || member.equals("CachedMethod")
        || (in.isUnnamed() && system.elements().getTypeElement(member) != null);
  }

  private static Refusal refuseHandle(AnnotatedMethod method, String what, String why) {
    return method.refuseValue(method.value("handle"), what, why, SAY_A_HANDLE);
  }

  private static Stream<String> membersOf(AnnotatedMethod method) {
    return method.takesRecord()
        ? Stream.of(method.handle(), method.argumentsRecord())
        : Stream.of(method.handle());
  }

  private static Optional<Identity> identityOf(AnnotatedMethod method) {
    return method.name().isEmpty()
        ? Optional.empty()
        : Optional.of(new Identity(method.directory(), method.name(), method.version()));
  }
}
