package dev.memo.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.TypeParameterElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/** Turns compiler elements, which passed all checks, into records. */
final class WrapperReader {
  static final String GENERATED = "javax.annotation.processing.Generated";
  private static final String NULL_MARKED = "org.jspecify.annotations.NullMarked";

  /** What generated code says of {@code java.lang} whatever the signature. */
  private static final List<String> JAVA_LANG =
      List.of(
          "Boolean",
          "Byte",
          "Character",
          "Class",
          "Deprecated",
          "Double",
          "Exception",
          "Float",
          "Integer",
          "Long",
          "Object",
          "Override",
          "RuntimeException",
          "SafeVarargs",
          "Short",
          "String",
          "SuppressWarnings");

  private final TypeSystem system;
  private final Elements elements;
  private final Receivers receivers;
  private final ArgumentCheck types;
  private final Heads heads;

  WrapperReader(TypeSystem system, Receivers receivers, ArgumentCheck types) {
    this.system = system;
    this.elements = system.elements();
    this.receivers = receivers;
    this.types = types;
    this.heads = new Heads(system);
  }

  Wrapper read(TypeElement declaring, List<AnnotatedMethod> methods) {
    String packageName = elements.getPackageOf(declaring).getQualifiedName().toString();
    Set<String> members = members(methods);
    Wrapper.Base base = base(declaring, methods, members);
    boolean isPublic =
        isPublic(declaring)
            && methods.stream()
                .anyMatch(method -> method.element().getModifiers().contains(Modifier.PUBLIC));
    return new Wrapper(
        declaring,
        packageName,
        Names.wrapper(declaring, elements),
        base,
        base instanceof Wrapper.Nothing ? List.of() : variables(declaring),
        isPublic,
        saysGenerated(declaring),
        nullMarked(declaring),
        new Suppressions(system).of(declaring, methods, base, isPublic),
        shadowed(packageName),
        methods.stream().map(method -> read(method, methods, members)).toList());
  }

  private Wrapper.Base base(
      TypeElement declaring, List<AnnotatedMethod> methods, Set<String> members) {
    if (methods.stream().anyMatch(method -> method.shape() == Shape.OVERRIDE)) {
      return new Wrapper.Subclass(
          system.members().constructors(declaring).stream()
              .map(constructor -> heads.of(constructor, members))
              .toList(),
          system.members().outer(declaring));
    }
    return methods.stream().anyMatch(method -> method.shape() == Shape.DECORATE)
        ? new Wrapper.Decorator(heads.passedOn(declaring, methods, members))
        : new Wrapper.Nothing();
  }

  /** Names of the wrapper's own members, and of classes, that its methods must be able to say. */
  private static Set<String> members(List<AnnotatedMethod> methods) {
    return Stream.concat(
            Stream.of("CachedMethod", "InstanceMethod", "args", "delegate"),
            methods.stream()
                .flatMap(
                    method ->
                        method.shape().isOfObject()
                            ? Stream.of(method.constant(), method.accessor())
                            : Stream.of(method.constant())))
        .collect(Collectors.toSet());
  }

  /** From the outside in: objects of an inner class depend on those around them. */
  private List<TypeVariable> variables(TypeElement declaring) {
    List<TypeVariable> outer =
        system.members().outer(declaring).isPresent()
            ? variables(TypeSystem.declaring(declaring))
            : List.of();
    return Stream.concat(
            outer.stream(), declaring.getTypeParameters().stream().map(WrapperReader::variable))
        .toList();
  }

  private static TypeVariable variable(TypeParameterElement parameter) {
    return (TypeVariable) parameter.asType();
  }

  private Wrapper.Method read(
      AnnotatedMethod method, List<AnnotatedMethod> all, Set<String> members) {
    ExecutableElement element = method.element();
    List<TypeMirror> checked = checkedExceptions(element);
    TypeMirror thrown = widest(checked);
    return new Wrapper.Method(
        method,
        head(method, members),
        method.shape() == Shape.STATIC ? Optional.empty() : receivers.keyOf(method),
        Names.receiver(method),
        arguments(method),
        element.getParameters().stream().map(p -> system.types().erasure(p.asType())).toList(),
        method.variablesOfArguments().stream().map(WrapperReader::variable).toList(),
        method.variablesOfCalls().stream()
            .map(variable -> variable.getSimpleName().toString())
            .collect(Collectors.toSet()),
        thrown,
        !checked.isEmpty(),
        checked.stream().noneMatch(type -> system.types().isSameType(type, thrown))
            && !checked.isEmpty(),
        isReference(method),
        all.stream().filter(other -> other.methodName().equals(method.methodName())).count() > 1,
        receivers.hasSecret(method.declaring()) || types.holdsSecret(method.declaring().asType()));
  }

  /** A static method that takes the receiver first also has the variables of its class. */
  private Head head(AnnotatedMethod method, Set<String> members) {
    Head head = heads.of(method.element(), members);
    if (method.shape() != Shape.RECEIVER_FIRST) {
      return head;
    }
    return head.withVariables(
        Stream.concat(
                TypeSystem.variables(method.declaring().asType()).stream()
                    .map(WrapperReader::variable),
                head.variables().stream())
            .toList());
  }

  private static boolean isPublic(TypeElement type) {
    for (Element e = type; e instanceof TypeElement; e = e.getEnclosingElement()) {
      if (!e.getModifiers().contains(Modifier.PUBLIC)) {
        return false;
      }
    }
    return true;
  }

  /** Code in a module that does not read {@code java.compiler} cannot name the annotation. */
  private boolean saysGenerated(TypeElement declaring) {
    ModuleElement module = elements.getModuleOf(declaring);
    return module == null
        ? elements.getTypeElement(GENERATED) != null
        : elements.getTypeElement(module, GENERATED) != null;
  }

  private static List<AnnotationMirror> nullMarked(TypeElement declaring) {
    return Stream.<Element>iterate(
            declaring, e -> e instanceof TypeElement, Element::getEnclosingElement)
        .flatMap(type -> Annotations.find(type, NULL_MARKED).stream())
        .limit(1)
        .<AnnotationMirror>map(mirror -> mirror)
        .toList();
  }

  private List<String> shadowed(String packageName) {
    String prefix = packageName.isEmpty() ? "" : packageName + ".";
    return JAVA_LANG.stream()
        .filter(name -> elements.getTypeElement(prefix + name) != null)
        .toList();
  }

  private List<Wrapper.Argument> arguments(AnnotatedMethod method) {
    List<? extends VariableElement> parameters = method.element().getParameters();
    List<String> names = parameters.stream().map(p -> p.getSimpleName().toString()).toList();
    List<String> components =
        method.takesRecord()
            ? Names.components(names)
            : Names.avoiding(
                Set.of(Names.topLevel(method.declaring()).getSimpleName().toString(), "delegate"),
                names);
    return IntStream.range(0, names.size())
        .mapToObj(i -> argument(components.get(i), parameters.get(i)))
        .toList();
  }

  private Wrapper.Argument argument(String name, VariableElement parameter) {
    List<AnnotationMirror> annotations = new ArrayList<>(Annotations.nullness(parameter));
    annotations.addAll(Annotations.ofKey(parameter));
    boolean isSecret =
        Annotations.find(parameter, Annotations.SECRET).isPresent()
            || types.holdsSecret(parameter.asType());
    return new Wrapper.Argument(name, parameter.asType(), annotations, isSecret);
  }

  private List<TypeMirror> checkedExceptions(ExecutableElement method) {
    return method.getThrownTypes().stream()
        .filter(system::isChecked)
        .<TypeMirror>map(type -> type)
        .toList();
  }

  /** The one that covers all, if one does. */
  private TypeMirror widest(List<TypeMirror> checked) {
    if (checked.isEmpty()) {
      return elements.getTypeElement("java.lang.RuntimeException").asType();
    }
    return checked.stream()
        .filter(type -> checked.stream().allMatch(other -> system.types().isSubtype(other, type)))
        .filter(type -> TypeSystem.variables(type).isEmpty()) // a handle stands for all calls
        .findFirst()
        .orElseGet(() -> elements.getTypeElement("java.lang.Exception").asType());
  }

  /**
   * A reference says which method is meant only if no other has its name; one to a method of
   * variable arity would spread the array.
   */
  private boolean isReference(AnnotatedMethod method) {
    return !method.element().isVarArgs()
        && (method.shape().isOfObject() || method.declaring().getTypeParameters().isEmpty())
        && ElementFilter.methodsIn(elements.getAllMembers(method.declaring())).stream()
                .filter(member -> member.getSimpleName().contentEquals(method.methodName()))
                .count()
            == 1;
  }
}
