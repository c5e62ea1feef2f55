package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.memo.processor.Wrapper.Decorator;
import dev.memo.processor.Wrapper.Subclass;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Turns records into text: names and calls, no logic. */
final class WrapperRenderer {
  private static final ClassName GENERATED =
      ClassName.get("javax.annotation.processing", "Generated");

  private final Wrapper wrapper;
  private final ClassName name;
  private final ClassName declaring;

  private WrapperRenderer(Wrapper wrapper) {
    this.wrapper = wrapper;
    this.name = ClassName.get(wrapper.packageName(), wrapper.name());
    this.declaring = ClassName.get(wrapper.declaring());
  }

  /** The source of the wrapper. */
  static String render(Wrapper wrapper) {
    String text =
        JavaFile.builder(wrapper.packageName(), new WrapperRenderer(wrapper).type())
            .skipJavaLangImports(true)
            .build()
            .toString();
    return Layout.of(text);
  }

  private TypeSpec type() {
    TypeSpec.Builder type =
        TypeSpec.classBuilder(name)
            .addJavadoc("Caches the methods of {@link $T}.\n", declaring)
            .addModifiers(Modifier.FINAL)
            .alwaysQualify(wrapper.shadowed().toArray(String[]::new));
    if (wrapper.isPublic()) {
      type.addModifiers(Modifier.PUBLIC);
    }
    wrapper.variables().forEach(variable -> type.addTypeVariable(Printed.variable(variable)));
    wrapper.annotations().forEach(mirror -> type.addAnnotation(AnnotationSpec.get(mirror)));
    if (!wrapper.suppressions().isEmpty()) {
      type.addAnnotation(suppressing(wrapper.suppressions()));
    }
    if (wrapper.saysGenerated()) {
      type.addAnnotation(
          AnnotationSpec.builder(GENERATED)
              .addMember("value", "$S", CachedProcessor.class.getName())
              .build());
    }
    addBase(type);
    for (Wrapper.Method method : wrapper.methods()) {
      new MethodRenderer(wrapper, method).addTo(type);
    }
    return type.build();
  }

  private void addBase(TypeSpec.Builder type) {
    if (wrapper.base() instanceof Subclass subclass) {
      type.superclass(Printed.type(wrapper.declaring().asType()))
          .avoidClashesWithNestedClasses(wrapper.declaring());
      subclass.constructors().forEach(head -> type.addMethod(constructor(head, subclass.outer())));
    } else if (wrapper.base() instanceof Decorator decorator) {
      TypeName implemented = Printed.type(wrapper.declaring().asType());
      type.addSuperinterface(implemented)
          .avoidClashesWithNestedClasses(wrapper.declaring())
          .addField(implemented, "delegate", Modifier.PRIVATE, Modifier.FINAL)
          .addMethod(constructor(implemented));
      decorator.passedOn().forEach(head -> type.addMethod(passedOn(head)));
    } else {
      type.addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build());
    }
  }

  private static MethodSpec constructor(Head head, Optional<TypeMirror> outer) {
    MethodSpec.Builder constructor = MethodSpec.constructorBuilder();
    List<String> names = head.parameters().stream().map(Head.Parameter::name).toList();
    String outerName = Names.avoiding(Set.copyOf(names), List.of("outer")).get(0);
    outer.ifPresent(type -> constructor.addParameter(Printed.type(type), outerName));
    Printed.addHead(constructor, head);
    return constructor
        .addStatement(
            "$L($L)", outer.isPresent() ? outerName + ".super" : "super", String.join(", ", names))
        .build();
  }

  private MethodSpec constructor(TypeName implemented) {
    MethodSpec.Builder constructor =
        MethodSpec.constructorBuilder()
            .addJavadoc("Caches the results of {@code delegate}, and passes on all else.\n")
            .addParameter(implemented, "delegate")
            .addStatement("this.delegate = delegate");
    if (wrapper.isPublic()) {
      constructor.addModifiers(Modifier.PUBLIC);
    }
    wrapper.methods().stream()
        .filter(method -> method.shape() == Shape.DECORATE)
        .map(method -> new MethodRenderer(wrapper, method).assignment())
        .forEach(constructor::addStatement);
    return constructor.build();
  }

  private static MethodSpec passedOn(Head head) {
    MethodSpec.Builder method =
        MethodSpec.methodBuilder(head.name())
            .addAnnotation(Override.class)
            .returns(Printed.result(head));
    Printed.addHead(method, head);
    String arguments = head.parameters().stream().map(Head.Parameter::name).collect(joining(", "));
    String result = head.result().getKind() == TypeKind.VOID ? "" : "return ";
    return method.addStatement("$Ldelegate.$N($L)", result, head.name(), arguments).build();
  }

  private static AnnotationSpec suppressing(List<String> warnings) {
    String list = warnings.stream().map(warning -> '"' + warning + '"').collect(joining(", "));
    return AnnotationSpec.builder(SuppressWarnings.class)
        .addMember("value", warnings.size() == 1 ? list : "{" + list + "}")
        .build();
  }
}
