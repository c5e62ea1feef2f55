package dev.memo.processor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.ModuleElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeMirror;
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
          "RuntimeException",
          "SafeVarargs",
          "Short",
          "String",
          "SuppressWarnings");

  private final TypeSystem system;
  private final Elements elements;

  WrapperReader(TypeSystem system) {
    this.system = system;
    this.elements = system.elements();
  }

  Wrapper read(TypeElement declaring, List<AnnotatedMethod> methods) {
    String packageName = elements.getPackageOf(declaring).getQualifiedName().toString();
    boolean isPublic =
        isPublic(declaring)
            && methods.stream()
                .anyMatch(method -> method.element().getModifiers().contains(Modifier.PUBLIC));
    return new Wrapper(
        declaring,
        packageName,
        Names.wrapper(declaring, elements),
        isPublic,
        saysGenerated(declaring),
        nullMarked(declaring),
        new Suppressions(system).of(declaring, methods, isPublic),
        shadowed(packageName),
        methods.stream().map(method -> read(method, methods)).toList());
  }

  private Wrapper.Method read(AnnotatedMethod method, List<AnnotatedMethod> all) {
    ExecutableElement element = method.element();
    List<TypeMirror> checked = checkedExceptions(element);
    TypeMirror thrown = widest(checked);
    return new Wrapper.Method(
        method,
        access(element),
        copied(element),
        parameters(method),
        element.getParameters().stream().map(p -> system.types().erasure(p.asType())).toList(),
        element.getReturnType(),
        thrown,
        checked.stream().noneMatch(type -> system.types().isSameType(type, thrown))
            && !checked.isEmpty(),
        isReference(method),
        all.stream().filter(other -> other.methodName().equals(method.methodName())).count() > 1);
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

  private static Set<Modifier> access(ExecutableElement method) {
    Set<Modifier> access = new TreeSet<>(Set.of(Modifier.PUBLIC, Modifier.PROTECTED));
    access.retainAll(method.getModifiers());
    return access;
  }

  /** What callers of the method are told, callers of the wrapper must be told too. */
  private static List<AnnotationMirror> copied(ExecutableElement method) {
    List<AnnotationMirror> copied = new ArrayList<>();
    Annotations.find(method, "java.lang.Deprecated").ifPresent(copied::add);
    Annotations.find(method, "java.lang.SafeVarargs").ifPresent(copied::add);
    copied.addAll(Annotations.nullable(method));
    return copied;
  }

  private static List<Wrapper.Parameter> parameters(AnnotatedMethod method) {
    List<? extends VariableElement> parameters = method.element().getParameters();
    List<String> names = parameters.stream().map(p -> p.getSimpleName().toString()).toList();
    List<String> inWrapper = Names.avoiding(Set.of(method.handle(), "CachedMethod"), names);
    List<String> components =
        method.takesRecord()
            ? Names.components(names)
            : Names.avoiding(
                Set.of(Names.topLevel(method.declaring()).getSimpleName().toString()), names);
    return IntStream.range(0, names.size())
        .mapToObj(
            i ->
                new Wrapper.Parameter(
                    inWrapper.get(i),
                    components.get(i),
                    parameters.get(i).asType(),
                    Annotations.nullable(parameters.get(i))))
        .toList();
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
        .findFirst()
        .orElseGet(() -> elements.getTypeElement("java.lang.Exception").asType());
  }

  /**
   * A reference says which method is meant only if no other has its name; one to a method of
   * variable arity would spread the array.
   */
  private boolean isReference(AnnotatedMethod method) {
    return !method.element().isVarArgs()
        && method.declaring().getTypeParameters().isEmpty()
        && ElementFilter.methodsIn(elements.getAllMembers(method.declaring())).stream()
                .filter(member -> member.getSimpleName().contentEquals(method.methodName()))
                .count()
            == 1;
  }
}
