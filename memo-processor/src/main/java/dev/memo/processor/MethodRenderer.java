package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.TypeVariableName;
import com.palantir.javapoet.WildcardTypeName;
import dev.memo.processor.Wrapper.Argument;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.TypeMirror;

/** Prints what belongs to one cached method: its handle, the method, its record of arguments. */
final class MethodRenderer {
  private static final ClassName CACHED_METHOD = ClassName.get("dev.memo", "CachedMethod");
  private static final ClassName INSTANCE_METHOD = ClassName.get("dev.memo", "InstanceMethod");
  private static final ClassName CACHED_FUNCTION = ClassName.get("dev.memo.call", "CachedFunction");

  private final Wrapper.Method method;
  private final AnnotatedMethod source;
  private final ClassName wrapper;
  private final ClassName declaring;

  MethodRenderer(Wrapper wrapper, Wrapper.Method method) {
    this.method = method;
    this.source = method.source();
    this.wrapper = ClassName.get(wrapper.packageName(), wrapper.name());
    this.declaring = ClassName.get(wrapper.declaring());
  }

  void addTo(TypeSpec.Builder type) {
    type.addField(constant());
    if (method.shape().isOfObject()) {
      type.addField(field());
    }
    type.addMethod(method());
    if (method.shape().isOfObject()) {
      type.addMethod(accessor());
    }
    if (method.isComputedByMethod()) {
      type.addMethod(computation());
    }
    if (source.takesRecord()) {
      type.addType(argumentsRecord());
    }
  }

  private FieldSpec constant() {
    if (method.shape().isOfObject()) {
      return FieldSpec.builder(INSTANCE_METHOD, source.constant())
          .addModifiers(Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
          .initializer("$L.ofInstances()", description())
          .build();
    }
    FieldSpec.Builder field =
        FieldSpec.builder(handleType(), source.constant())
            .addJavadoc("Handle of $L.\n", link())
            .addModifiers(method.head().access().toArray(Modifier[]::new))
            .addModifiers(Modifier.STATIC, Modifier.FINAL)
            .initializer("$L.calls($L)", description(), function());
    deprecated().forEach(field::addAnnotation);
    return field.build();
  }

  /** Null while the class that the wrapper extends is constructed. */
  private FieldSpec field() {
    FieldSpec.Builder field =
        FieldSpec.builder(handleType(), source.accessor(), Modifier.PRIVATE, Modifier.FINAL);
    return method.shape() == Shape.OVERRIDE
        ? field.initializer("$N.on(this, $L)", source.constant(), function()).build()
        : field.build();
  }

  /** In the constructor of a decorator. */
  CodeBlock assignment() {
    return CodeBlock.of(
        "$N = $N.on(delegate, $L)", source.accessor(), source.constant(), function());
  }

  private Stream<AnnotationSpec> deprecated() {
    return method.head().annotations().stream()
        .filter(mirror -> Annotations.nameOf(mirror).equals("java.lang.Deprecated"))
        .map(AnnotationSpec::get);
  }

  private TypeName handleType() {
    return ParameterizedTypeName.get(
        CACHED_FUNCTION,
        argumentType(),
        Printed.type(method.head().result()).box(),
        Printed.type(method.thrown()));
  }

  /** What the handle takes. */
  private TypeName argumentType() {
    if (source.takesRecord()) {
      return recordType(
          variable ->
              method.variablesOfCalls().contains(variable.name())
                  ? WildcardTypeName.subtypeOf(Object.class)
                  : variable);
    }
    if (!method.hasReceiverFirst()) {
      return Printed.type(method.arguments().get(0).type()).box();
    }
    int variables = source.declaring().getTypeParameters().size();
    return variables == 0
        ? declaring
        : ParameterizedTypeName.get(
            declaring,
            Stream.generate(() -> WildcardTypeName.subtypeOf(Object.class))
                .limit(variables)
                .toArray(TypeName[]::new));
  }

  /** How a type variable of the record is filled in. */
  private interface Filling {
    TypeName of(TypeVariableName variable);
  }

  private TypeName recordType(Filling filling) {
    List<TypeName> arguments =
        method.recordVariables().stream().map(Printed::variable).map(filling::of).toList();
    return arguments.isEmpty()
        ? recordName()
        : ParameterizedTypeName.get(recordName(), arguments.toArray(TypeName[]::new));
  }

  private ClassName recordName() {
    return wrapper.nestedClass(source.argumentsRecord());
  }

  private CodeBlock description() {
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
    method.receiver().ifPresent(key -> code.add(receiver(key)));
    if (!source.name().isEmpty()) {
      code.add(".name($S)", source.name());
    }
    if (!source.aliases().isEmpty()) {
      code.add(
          source.aliases().stream()
              .map(alias -> CodeBlock.of("$S", alias))
              .collect(CodeBlock.joining(", ", ".aliases(", ")")));
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
    return code.build();
  }

  private static CodeBlock receiver(ReceiverKey key) {
    CodeBlock said =
        switch (key.kind()) {
          case CONTENT -> CodeBlock.of(".receiver()");
          case NOTHING -> CodeBlock.of(".ignoringReceiver()");
          case MEMBERS ->
              key.members().stream()
                  .map(member -> CodeBlock.of("$S", member))
                  .collect(CodeBlock.joining(", ", ".identifiedBy(", ")"));
        };
    return key.withClass() ? CodeBlock.of("$L.withReceiverClass()", said) : said;
  }

  /** What runs on a miss, with the record that it takes, if it takes one. */
  private CodeBlock function() {
    if (method.isComputedByMethod()) {
      return CodeBlock.of("$T.class, args -> compute(args)", recordName());
    }
    if (source.takesRecord()) {
      return CodeBlock.of("$T.class, args -> $L", recordName(), computed());
    }
    CodeBlock callee = callee();
    if (method.byReference()) {
      return method.hasReceiverFirst()
          ? CodeBlock.of("$T::$N", declaring, source.methodName())
          : CodeBlock.of("$L::$N", callee, source.methodName());
    }
    if (method.hasReceiverFirst()) {
      return CodeBlock.of(
          "$N -> $N.$N()", method.receiverName(), method.receiverName(), source.methodName());
    }
    Argument argument = method.arguments().get(0);
    // An overload for the boxed type must not be called instead.
    CodeBlock passed =
        argument.type().getKind().isPrimitive()
            ? CodeBlock.of("($T) $N", Printed.type(argument.type()), argument.name())
            : CodeBlock.of("$N", argument.name());
    return CodeBlock.of("$N -> $L.$N($L)", argument.name(), callee, source.methodName(), passed);
  }

  /** What has the method that is cached. */
  private CodeBlock callee() {
    return switch (method.shape()) {
      case STATIC -> CodeBlock.of("$T", declaring);
      case OVERRIDE -> CodeBlock.of("super");
      case DECORATE -> CodeBlock.of("delegate");
      case RECEIVER_FIRST -> CodeBlock.of("args.$N()", method.receiverName());
    };
  }

  /** The call of the method with what a record holds. */
  private CodeBlock computed() {
    CodeBlock arguments =
        method.arguments().stream()
            .map(argument -> CodeBlock.of("args.$N()", argument.name()))
            .collect(CodeBlock.joining(", "));
    return CodeBlock.of("$L.$N($L)", callee(), source.methodName(), arguments);
  }

  /** A lambda cannot be generic; this method is. */
  private MethodSpec computation() {
    MethodSpec.Builder builder =
        MethodSpec.methodBuilder("compute")
            .addModifiers(Modifier.PRIVATE)
            .returns(Printed.type(method.head().result()))
            .addParameter(recordType(variable -> variable), "args");
    if (!method.shape().isOfObject()) {
      builder.addModifiers(Modifier.STATIC);
    }
    method.recordVariables().stream()
        .map(Printed::variable)
        .filter(variable -> method.variablesOfCalls().contains(variable.name()))
        .forEach(builder::addTypeVariable);
    if (method.throwsChecked()) {
      builder.addException(Printed.type(method.thrown()));
    }
    return builder.addStatement("return $L", computed()).build();
  }

  private MethodSpec method() {
    Head head = method.head();
    MethodSpec.Builder builder =
        MethodSpec.methodBuilder(head.name()).returns(Printed.type(head.result()));
    if (method.shape().isOfObject()) {
      builder.addAnnotation(Override.class);
    } else {
      builder.addJavadoc("Cached $L.\n", link()).addModifiers(Modifier.STATIC);
    }
    if (method.hasReceiverFirst()) {
      builder.addParameter(Printed.type(source.declaring().asType()), method.receiverName());
    }
    Printed.addHead(builder, head);
    CodeBlock cached = CodeBlock.of("$L.call($L)", handle(), passed());
    return method.shape() == Shape.OVERRIDE
        ? builder
            .addStatement(
                "return $N == null ? super.$N($L) : $L",
                source.accessor(),
                head.name(),
                names().collect(joining(", ")),
                cached)
            .build()
        : builder.addStatement("return $L", cached).build();
  }

  private CodeBlock handle() {
    return method.declaresMore()
        ? CodeBlock.of("$T.undeclared($N)", CACHED_METHOD, source.handle())
        : CodeBlock.of("$N", source.handle());
  }

  private CodeBlock passed() {
    Stream<String> receiver =
        method.hasReceiverFirst() ? Stream.of(method.receiverName()) : Stream.of();
    String values = Stream.concat(receiver, names()).collect(joining(", "));
    if (!source.takesRecord()) {
      return CodeBlock.of("$L", values);
    }
    String diamond = method.recordVariables().isEmpty() ? "" : "<>";
    return CodeBlock.of("new $T$L($L)", recordName(), diamond, values);
  }

  private Stream<String> names() {
    return method.head().parameters().stream().map(Head.Parameter::name);
  }

  private MethodSpec accessor() {
    MethodSpec.Builder accessor =
        MethodSpec.methodBuilder(source.accessor())
            .addJavadoc("Handle of $L, called on this object.\n", link())
            .addModifiers(method.head().access())
            .returns(handleType());
    deprecated().forEach(accessor::addAnnotation);
    return accessor.addStatement("return $N", source.accessor()).build();
  }

  private TypeSpec argumentsRecord() {
    MethodSpec.Builder components = MethodSpec.constructorBuilder();
    if (method.hasReceiverFirst()) {
      components.addParameter(Printed.type(source.declaring().asType()), method.receiverName());
    }
    for (Argument argument : method.arguments()) {
      components.addParameter(
          Printed.parameter(argument.type(), argument.name(), argument.annotations()));
    }
    TypeSpec.Builder record =
        TypeSpec.recordBuilder(source.argumentsRecord())
            .addJavadoc("Arguments of {@link #$L}.\n", ownReference())
            .addModifiers(method.head().access().toArray(Modifier[]::new))
            .recordConstructor(components.build());
    method.recordVariables().forEach(it -> record.addTypeVariable(Printed.variable(it)));
    if (method.hasSecret()) {
      record.addMethod(toStringWithoutSecrets());
    }
    return record.build();
  }

  private MethodSpec toStringWithoutSecrets() {
    Stream<CodeBlock> receiver =
        method.hasReceiverFirst()
            ? Stream.of(shown(method.receiverName(), method.hasSecretReceiver()))
            : Stream.of();
    Stream<CodeBlock> arguments =
        method.arguments().stream().map(argument -> shown(argument.name(), argument.isSecret()));
    return MethodSpec.methodBuilder("toString")
        .addAnnotation(Override.class)
        .addModifiers(Modifier.PUBLIC)
        .returns(String.class)
        .addStatement(
            "return \"$L[$L]\"",
            source.argumentsRecord(),
            Stream.concat(receiver, arguments).collect(CodeBlock.joining(", ")))
        .build();
  }

  /** A component, inside a string. */
  private static CodeBlock shown(String component, boolean isSecret) {
    return isSecret
        ? CodeBlock.of("$L=***", component)
        : CodeBlock.of("$1L=\" + $1L + \"", component);
  }

  private CodeBlock link() {
    return CodeBlock.of("{@link $T#$L}", declaring, reference(Stream.empty()));
  }

  private CodeBlock reference(Stream<CodeBlock> receiver) {
    int last = method.parameterTypes().size() - 1;
    Stream<CodeBlock> types =
        IntStream.rangeClosed(0, last)
            .mapToObj(
                i ->
                    linked(method.parameterTypes().get(i), i == last && method.head().isVarArgs()));
    return CodeBlock.of(
        "$N($L)",
        source.methodName(),
        Stream.concat(receiver, types).collect(CodeBlock.joining(", ")));
  }

  /** The wrapper's own method. */
  private CodeBlock ownReference() {
    if (!method.isOverload()) {
      return CodeBlock.of("$N", source.methodName());
    }
    return reference(
        method.hasReceiverFirst() ? Stream.of(CodeBlock.of("$T", declaring)) : Stream.empty());
  }

  private static CodeBlock linked(TypeMirror type, boolean isVarArgs) {
    return isVarArgs
        ? CodeBlock.of("$T...", TypeName.get(((ArrayType) type).getComponentType()))
        : CodeBlock.of("$T", TypeName.get(type));
  }
}
