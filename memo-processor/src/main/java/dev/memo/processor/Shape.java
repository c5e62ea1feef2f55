package dev.memo.processor;

import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** How a wrapper offers a method. The class and the modifiers of the method decide. */
enum Shape {
  /** {@code GeocoderCached.locate(address)}. */
  STATIC,

  /** {@code new GeocoderCached(...).locate(address)}: the wrapper extends the class. */
  OVERRIDE,

  /** {@code new GeocoderCached(delegate).locate(address)}: it implements the interface. */
  DECORATE,

  /** {@code GeocoderCached.locate(geocoder, address)}. */
  RECEIVER_FIRST;

  static Shape of(ExecutableElement method, TypeSystem system) {
    TypeElement declaring = TypeSystem.declaring(method);
    if (method.getModifiers().contains(Modifier.STATIC)) {
      return STATIC;
    }
    if (declaring.getKind().isInterface()) {
      return declaring.getModifiers().contains(Modifier.SEALED) ? RECEIVER_FIRST : DECORATE;
    }
    return !method.getModifiers().contains(Modifier.FINAL) && isOpen(declaring, system)
        ? OVERRIDE
        : RECEIVER_FIRST;
  }

  /** Whether the wrapper can extend the class and still be made as the class is made. */
  private static boolean isOpen(TypeElement type, TypeSystem system) {
    Set<Modifier> modifiers = type.getModifiers();
    return type.getKind() == ElementKind.CLASS
        && !modifiers.contains(Modifier.FINAL)
        && !modifiers.contains(Modifier.SEALED)
        && !modifiers.contains(Modifier.ABSTRACT)
        && !system.members().constructors(type).isEmpty();
  }

  /** Whether the wrapper stands for one object, which its methods are called on. */
  boolean isOfObject() {
    return this == OVERRIDE || this == DECORATE;
  }
}
