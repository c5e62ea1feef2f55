package dev.memo.processor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.PackageElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Whether the methods of one class fit into one wrapper; they are offered one after the other. */
final class WrapperCheck {

  private static final String SAY_A_HANDLE =
      "give this method a name of its own: @Cached(handle = \"...\").";

  /** What must not be shared: two such functions would find each other's results. */
  private record Identity(String directory, String name, String version) {}

  /** Of a static method in the wrapper. */
  private record StaticSignature(String name, List<String> parameters) {}

  private final TypeSystem system;
  private final TypeElement declaring;
  private final Set<String> methodNames;
  private final Map<String, AnnotatedMethod> members = new HashMap<>();
  private final Map<Identity, AnnotatedMethod> identities = new HashMap<>();
  private final Map<StaticSignature, AnnotatedMethod> statics = new HashMap<>();
  private final boolean isSubclass;

  WrapperCheck(TypeSystem system, TypeElement declaring, List<AnnotatedMethod> methods) {
    this.system = system;
    this.declaring = declaring;
    this.methodNames =
        Stream.concat(
                methods.stream().map(AnnotatedMethod::methodName),
                methods.stream().anyMatch(method -> method.shape().isOfObject())
                    ? membersWithoutParameters(system, declaring)
                    : Stream.empty())
            .collect(Collectors.toSet());
    this.isSubclass = methods.stream().anyMatch(method -> method.shape() == Shape.OVERRIDE);
  }

  /** Those that an accessor of the wrapper would override. */
  private static Stream<String> membersWithoutParameters(TypeSystem system, TypeElement declaring) {
    return ElementFilter.methodsIn(system.elements().getAllMembers(declaring)).stream()
        .filter(method -> method.getParameters().isEmpty())
        .map(method -> method.getSimpleName().toString());
  }

  /** Why the method does not fit; without an answer it belongs to the wrapper from now on. */
  Optional<Refusal> refusal(AnnotatedMethod method) {
    Optional<Refusal> refusal =
        Stream.<Function<AnnotatedMethod, Optional<Refusal>>>of(
                this::sameIdentity,
                this::alsoAnAlias,
                this::sameMember,
                this::sameAsMethod,
                this::hidesType,
                this::cannotBeHidden,
                this::sameSignature)
            .flatMap(check -> check.apply(method).stream())
            .findFirst();
    if (refusal.isEmpty()) {
      membersOf(method).forEach(member -> members.put(member, method));
      identities.put(identityOf(method), method);
      signatureOf(method).ifPresent(signature -> statics.put(signature, method));
    }
    return refusal;
  }

  private Optional<Refusal> sameIdentity(AnnotatedMethod method) {
    return Optional.ofNullable(identities.get(identityOf(method)))
        .map(
            other ->
                method.refuseValue(
                    method.value("name"),
                    "the name \""
                        + identityOf(method).name()
                        + "\" is taken by "
                        + other.label()
                        + ".",
                    "in one directory the two would find each other's results.",
                    "choose another name, or another version."));
  }

  private Optional<Refusal> alsoAnAlias(AnnotatedMethod method) {
    return method.aliasValues().stream()
        .flatMap(
            alias ->
                Optional.ofNullable(identities.get(identity(method, alias.getValue().toString())))
                    .map(
                        other ->
                            method.refuseValue(
                                alias,
                                "the alias " + alias + " is the name of " + other.label() + ".",
                                "it would find the results of a method that is still there.",
                                "leave the alias out, or rename one of the two."))
                    .stream())
        .findFirst();
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
                    "each handle is a member of the wrapper, and names its record of arguments."));
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
        || member.equals("InstanceMethod")
        || (in.isUnnamed() && system.elements().getTypeElement(member) != null);
  }

  private static Refusal refuseHandle(AnnotatedMethod method, String what, String why) {
    return method.refuseValue(method.value("handle"), what, why, SAY_A_HANDLE);
  }

  private Optional<Refusal> cannotBeHidden(AnnotatedMethod method) {
    boolean isFinal = method.element().getModifiers().contains(Modifier.FINAL);
    return isSubclass && isFinal && method.shape() == Shape.STATIC
        ? Optional.of(
            method.refuse(
                "cannot be cached: it is static and final.",
                "the wrapper extends "
                    + declaring.getSimpleName()
                    + " for its other methods, and must not hide this one.",
                "leave final out."))
        : Optional.empty();
  }

  private Optional<Refusal> sameSignature(AnnotatedMethod method) {
    return signatureOf(method)
        .flatMap(
            signature ->
                Optional.ofNullable(statics.get(signature))
                    .map(AnnotatedMethod::label)
                    .or(() -> isSubclass ? overridden(method, signature) : Optional.empty()))
        .map(
            other ->
                method.refuse(
                    "cannot be cached: its wrapper would have the signature of " + other + ".",
                    "a method that cannot be overridden is called with its receiver as first"
                        + " argument.",
                    "rename one of the two."));
  }

  /** The method of the class that a static method of the wrapper would seem to be. */
  private Optional<String> overridden(AnnotatedMethod method, StaticSignature signature) {
    return method.shape() == Shape.STATIC
        ? Optional.empty() // it hides the one that it calls
        : ElementFilter.methodsIn(system.elements().getAllMembers(declaring)).stream()
            .filter(other -> signature(other, Stream.empty()).equals(signature))
            .map(AnnotatedMethod::label)
            .findFirst();
  }

  private Optional<StaticSignature> signatureOf(AnnotatedMethod method) {
    return switch (method.shape()) {
      case STATIC -> Optional.of(signature(method.element(), Stream.empty()));
      case RECEIVER_FIRST ->
          Optional.of(signature(method.element(), Stream.of(declaring.asType())));
      case OVERRIDE, DECORATE -> Optional.empty();
    };
  }

  private StaticSignature signature(ExecutableElement method, Stream<TypeMirror> receiver) {
    Stream<TypeMirror> parameters = method.getParameters().stream().map(Element::asType);
    return new StaticSignature(
        method.getSimpleName().toString(),
        Stream.concat(receiver, parameters).map(system::binaryName).toList());
  }

  private static Stream<String> membersOf(AnnotatedMethod method) {
    Stream<String> handles =
        method.shape().isOfObject()
            ? Stream.of(method.accessor(), method.constant())
            : Stream.of(method.constant());
    return method.takesRecord()
        ? Stream.concat(handles, Stream.of(method.argumentsRecord()))
        : handles;
  }

  private Identity identityOf(AnnotatedMethod method) {
    return identity(method, Names.ofFunction(method, system));
  }

  private static Identity identity(AnnotatedMethod method, String name) {
    return new Identity(method.directory(), name, method.version());
  }
}
