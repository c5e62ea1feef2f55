package dev.memo.processor;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeVariableName;
import java.util.List;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.IntersectionType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.TypeVariable;

/** Types and heads as JavaPoet prints them. */
final class Printed {
  private Printed() {}

  /** The type with its annotations about null, which JavaPoet would leave out. */
  static TypeName type(TypeMirror type) {
    TypeName plain =
        switch (type.getKind()) {
          case ARRAY -> ArrayTypeName.of(type(((ArrayType) type).getComponentType()));
          case DECLARED -> declared((DeclaredType) type);
          case TYPEVAR -> TypeVariableName.get(((TypeVariable) type).asElement().toString());
          default -> TypeName.get(type);
        };
    List<AnnotationMirror> nullness = Annotations.nullness(type);
    return nullness.isEmpty()
        ? plain
        : plain.annotated(nullness.stream().map(AnnotationSpec::get).toList());
  }

  private static TypeName declared(DeclaredType type) {
    TypeName plain = TypeName.get(type);
    return plain instanceof ParameterizedTypeName parameterized
            && type.getEnclosingType().getKind() != TypeKind.DECLARED
        ? ParameterizedTypeName.get(
            parameterized.rawType(),
            type.getTypeArguments().stream().map(Printed::type).toArray(TypeName[]::new))
        : plain;
  }

  /** A type variable where it is declared, with its bounds. */
  static TypeVariableName variable(TypeVariable variable) {
    List<? extends TypeMirror> bounds =
        variable.getUpperBound() instanceof IntersectionType intersection
            ? intersection.getBounds()
            : List.of(variable.getUpperBound());
    return TypeVariableName.get(
        variable.asElement().getSimpleName().toString(),
        bounds.stream()
            .map(Printed::type)
            .filter(bound -> !bound.equals(ClassName.OBJECT))
            .toArray(TypeName[]::new));
  }

  /** The result of a method. */
  static TypeName result(Head head) {
    return head.hasPlainTypes() ? TypeName.get(head.result()) : type(head.result());
  }

  /** All of the head but its result. */
  static void addHead(MethodSpec.Builder method, Head head) {
    method.addModifiers(head.access().toArray(Modifier[]::new));
    head.variables().forEach(variable -> method.addTypeVariable(variable(variable)));
    annotations(head.annotations(), head.result()).forEach(method::addAnnotation);
    for (Head.Parameter parameter : head.parameters()) {
      method.addParameter(
          head.hasPlainTypes()
              ? ParameterSpec.builder(TypeName.get(parameter.type()), parameter.name()).build()
              : parameter(parameter.type(), parameter.name(), parameter.annotations()));
    }
    head.exceptions().forEach(exception -> method.addException(type(exception)));
    method.varargs(head.isVarArgs());
  }

  static ParameterSpec parameter(TypeMirror type, String name, List<AnnotationMirror> annotations) {
    return ParameterSpec.builder(type(type), name)
        .addAnnotations(annotations(annotations, type))
        .build();
  }

  /** Annotations of a declaration, without those that are part of its type and printed there. */
  private static List<AnnotationSpec> annotations(
      List<AnnotationMirror> ofDeclaration, TypeMirror type) {
    List<AnnotationSpec> ofType = type(type).annotations();
    return ofDeclaration.stream()
        .map(AnnotationSpec::get)
        .filter(annotation -> !ofType.contains(annotation))
        .toList();
  }
}
