package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.util.List;
import java.util.stream.IntStream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Turns records into text: names and calls, no logic. */
final class WrapperRenderer {
  private static final ClassName CACHED_METHOD = ClassName.get("dev.memo", "CachedMethod");
  private static final ClassName CACHED_FUNCTION = ClassName.get("dev.memo.call", "CachedFunction");
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
            .addMethod(MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE).build())
            .alwaysQualify(wrapper.shadowed().toArray(String[]::new));
    if (wrapper.isPublic()) {
      type.addModifiers(Modifier.PUBLIC);
    }
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
    for (Wrapper.Method method : wrapper.methods()) {
      type.addField(handle(method)).addMethod(method(method));
      if (method.source().takesRecord()) {
        type.addType(argumentsRecord(method));
      }
    }
    return type.build();
  }

  private static AnnotationSpec suppressing(List<String> warnings) {
    String list = warnings.stream().map(warning -> '"' + warning + '"').collect(joining(", "));
    return AnnotationSpec.builder(SuppressWarnings.class)
        .addMember("value", warnings.size() == 1 ? list : "{" + list + "}")
        .build();
  }

  private FieldSpec handle(Wrapper.Method method) {
    TypeName type =
        ParameterizedTypeName.get(
            CACHED_FUNCTION,
            argument(method),
            typeName(method.result()).box(),
            typeName(method.thrown()));
    FieldSpec.Builder field =
        FieldSpec.builder(type, method.source().handle())
            .addJavadoc("Handle of $L.\n", link(method))
            .addModifiers(method.access().toArray(Modifier[]::new))
            .addModifiers(Modifier.STATIC, Modifier.FINAL)
            .initializer(description(method));
    method.annotations().stream()
        .filter(mirror -> Annotations.nameOf(mirror).equals("java.lang.Deprecated"))
        .forEach(mirror -> field.addAnnotation(AnnotationSpec.get(mirror)));
    return field.build();
  }

  /** What the handle takes. */
  private TypeName argument(Wrapper.Method method) {
    return method.source().takesRecord()
        ? recordName(method)
        : typeName(method.parameters().get(0).type()).box();
  }

  private ClassName recordName(Wrapper.Method method) {
    return name.nestedClass(method.source().argumentsRecord());
  }

  private CodeBlock description(Wrapper.Method method) {
    AnnotatedMethod source = method.source();
    CodeBlock.Builder code = CodeBlock.builder();
    code.add(
        "$T.in($S, $T.class, $S",
        CACHED_METHOD,
        source.directory(),
        declaring,
        source.methodName());
    for (TypeMirror parameter : method.parameterTypes()) {
      code.add(", $T.class", TypeName.get(parameter));
    }
    code.add(")");
    if (!source.name().isEmpty()) {
      code.add(".name($S)", source.name());
    }
    if (!source.version().isEmpty()) {
      code.add(".version($S)", source.version());
    }
    source.codec().ifPresent(codec -> code.add(".codec($T.class)", TypeName.get(codec)));
    if (!source.types().isEmpty()) {
      code.add(
          source.namedTypes().stream()
              .map(type -> CodeBlock.of("$T.class", TypeName.get(type)))
              .collect(CodeBlock.joining(", ", ".types(", ")")));
    }
    return code.add(".calls($L)", function(method)).build();
  }

  /** What runs on a miss. */
  private CodeBlock function(Wrapper.Method method) {
    String called = method.source().methodName();
    if (method.source().takesRecord()) {
      CodeBlock arguments =
          method.parameters().stream()
              .map(parameter -> CodeBlock.of("args.$N()", parameter.component()))
              .collect(CodeBlock.joining(", "));
      return CodeBlock.of(
          "$T.class, args -> $T.$N($L)", recordName(method), declaring, called, arguments);
    }
    if (method.byReference()) {
      return CodeBlock.of("$T::$N", declaring, called);
    }
    Wrapper.Parameter parameter = method.parameters().get(0);
    // An overload for the boxed type must not be called instead.
    CodeBlock argument =
        parameter.type().getKind().isPrimitive()
            ? CodeBlock.of("($T) $N", typeName(parameter.type()), parameter.component())
            : CodeBlock.of("$N", parameter.component());
    return CodeBlock.of("$N -> $T.$N($L)", parameter.component(), declaring, called, argument);
  }

  private MethodSpec method(Wrapper.Method method) {
    MethodSpec.Builder builder =
        MethodSpec.methodBuilder(method.source().methodName())
            .addJavadoc("Cached $L.\n", link(method))
            .addModifiers(method.access())
            .addModifiers(Modifier.STATIC)
            .returns(typeName(method.result()))
            .varargs(method.isVarArgs());
    annotations(method.annotations(), method.result()).forEach(builder::addAnnotation);
    for (Wrapper.Parameter parameter : method.parameters()) {
      builder.addParameter(parameterSpec(parameter, parameter.name()));
    }
    method.declaredExceptions().forEach(type -> builder.addException(typeName(type)));
    return builder.addStatement("return $L.call($L)", callee(method), passed(method)).build();
  }

  private static CodeBlock callee(Wrapper.Method method) {
    String handle = method.source().handle();
    return method.declaresMore()
        ? CodeBlock.of("$T.undeclared($N)", CACHED_METHOD, handle)
        : CodeBlock.of("$N", handle);
  }

  private CodeBlock passed(Wrapper.Method method) {
    String parameters =
        method.parameters().stream().map(Wrapper.Parameter::name).collect(joining(", "));
    return method.source().takesRecord()
        ? CodeBlock.of("new $T($L)", recordName(method), parameters)
        : CodeBlock.of("$L", parameters);
  }

  private TypeSpec argumentsRecord(Wrapper.Method method) {
    MethodSpec.Builder components = MethodSpec.constructorBuilder();
    for (Wrapper.Parameter parameter : method.parameters()) {
      components.addParameter(parameterSpec(parameter, parameter.component()));
    }
    return TypeSpec.recordBuilder(method.source().argumentsRecord())
        .addJavadoc("Arguments of {@link #$L}.\n", reference(method, method.isOverload()))
        .addModifiers(method.access().toArray(Modifier[]::new))
        .recordConstructor(components.build())
        .build();
  }

  private static ParameterSpec parameterSpec(Wrapper.Parameter parameter, String name) {
    return ParameterSpec.builder(typeName(parameter.type()), name)
        .addAnnotations(annotations(parameter.annotations(), parameter.type()))
        .build();
  }

  private CodeBlock link(Wrapper.Method method) {
    return CodeBlock.of("{@link $T#$L}", declaring, reference(method, true));
  }

  private static CodeBlock reference(Wrapper.Method method, boolean withTypes) {
    if (!withTypes) {
      return CodeBlock.of("$N", method.source().methodName());
    }
    int last = method.parameters().size() - 1;
    CodeBlock types =
        IntStream.rangeClosed(0, last)
            .mapToObj(i -> linked(method.parameterTypes().get(i), i == last && method.isVarArgs()))
            .collect(CodeBlock.joining(", "));
    return CodeBlock.of("$N($L)", method.source().methodName(), types);
  }

  private static CodeBlock linked(TypeMirror type, boolean isVarArgs) {
    return isVarArgs
        ? CodeBlock.of("$T...", TypeName.get(((ArrayType) type).getComponentType()))
        : CodeBlock.of("$T", TypeName.get(type));
  }

  /** Annotations of a declaration, without those that are part of its type and printed there. */
  private static List<AnnotationSpec> annotations(
      List<AnnotationMirror> ofDeclaration, TypeMirror type) {
    List<AnnotationSpec> ofType = typeName(type).annotations();
    return ofDeclaration.stream()
        .map(AnnotationSpec::get)
        .filter(annotation -> !ofType.contains(annotation))
        .toList();
  }

  /** The type with its annotations about null, which JavaPoet would leave out. */
  private static TypeName typeName(TypeMirror type) {
    TypeName plain =
        switch (type.getKind()) {
          case ARRAY -> ArrayTypeName.of(typeName(((ArrayType) type).getComponentType()));
          case DECLARED -> declaredName((DeclaredType) type);
          default -> TypeName.get(type);
        };
    List<AnnotationMirror> nullable = Annotations.nullable(type);
    return nullable.isEmpty()
        ? plain
        : plain.annotated(nullable.stream().map(AnnotationSpec::get).toList());
  }

  private static TypeName declaredName(DeclaredType type) {
    TypeName plain = TypeName.get(type);
    return plain instanceof ParameterizedTypeName parameterized
            && type.getEnclosingType().getKind() != TypeKind.DECLARED
        ? ParameterizedTypeName.get(
            parameterized.rawType(),
            type.getTypeArguments().stream()
                .map(WrapperRenderer::typeName)
                .toArray(TypeName[]::new))
        : plain;
  }
}
