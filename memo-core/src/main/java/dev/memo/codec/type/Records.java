package dev.memo.codec.type;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/** Access to the components of records, and to other members, however private. */
public final class Records {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private Records() {}

  /** A handle {@code (Object) -> type} that calls the accessor. */
  public static MethodHandle getter(RecordComponent component) {
    Method accessor = component.getAccessor();
    open(accessor);
    try {
      MethodHandle getter = LOOKUP.unreflect(accessor);
      return getter.asType(MethodType.methodType(component.getType(), Object.class));
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + accessor, e);
    }
  }

  /** A handle {@code (Object) -> type} that reads the field, whatever the accessor says. */
  public static MethodHandle fieldGetter(RecordComponent component) {
    Field field = field(component);
    open(field);
    try {
      return LOOKUP
          .unreflectGetter(field)
          .asType(MethodType.methodType(component.getType(), Object.class));
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + field, e);
    }
  }

  /** Where the component is kept. */
  public static Field field(RecordComponent component) {
    try {
      return component.getDeclaringRecord().getDeclaredField(component.getName());
    } catch (NoSuchFieldException e) {
      throw new LinkageError("every component has its field: " + component, e);
    }
  }

  /** As {@link #fieldGetter}, with type {@code (Object) -> Object}. */
  public static MethodHandle boxedFieldGetter(RecordComponent component) {
    return fieldGetter(component).asType(MethodType.methodType(Object.class, Object.class));
  }

  /** A handle {@code (Object) -> Object} that reads the field. */
  public static MethodHandle boxedGetter(Field field) {
    open(field);
    try {
      return LOOKUP
          .unreflectGetter(field)
          .asType(MethodType.methodType(Object.class, Object.class));
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + field, e);
    }
  }

  /** A handle {@code (Object) -> Object} that calls the method, or what overrides it. */
  public static MethodHandle boxedGetter(Method method) {
    open(method);
    try {
      return LOOKUP.unreflect(method).asType(MethodType.methodType(Object.class, Object.class));
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + method, e);
    }
  }

  /** A handle {@code (Object[]) -> Object} that calls the canonical constructor. */
  public static MethodHandle constructor(Class<?> record) {
    Constructor<?> constructor = canonicalConstructor(record);
    open(constructor);
    try {
      return LOOKUP
          .unreflectConstructor(constructor)
          .asFixedArity()
          .asSpreader(Object[].class, constructor.getParameterCount())
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (IllegalAccessException e) {
      throw new AssertionError("opened before: " + constructor, e);
    }
  }

  /** The constructor that takes all components, in order. */
  public static Constructor<?> canonicalConstructor(Class<?> record) {
    Class<?>[] types =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return record.getDeclaredConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new LinkageError("every record has its canonical constructor: " + record, e);
    }
  }

  /** Opens a member, or refuses with the remedy. */
  public static <M extends java.lang.reflect.AccessibleObject & java.lang.reflect.Member> void open(
      M member) {
    try {
      member.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      Class<?> owner = member.getDeclaringClass();
      throw new Refusal(
          "the module "
              + owner.getModule().getName()
              + " does not let memo read "
              + owner.getName()
              + "; "
              + opening(owner),
          e);
    }
  }

  /** What to write, and where; nobody can change the JDK's own modules. */
  private static String opening(Class<?> owner) {
    String memo = Records.class.getModule().getName(); // none on the class path
    return Shapes.isOfJdk(owner)
        ? "start the JVM with --add-opens "
            + owner.getModule().getName()
            + "/"
            + owner.getPackageName()
            + "="
            + (memo == null ? "ALL-UNNAMED" : memo)
        : "add to its module-info.java: opens "
            + owner.getPackageName()
            + (memo == null ? "" : " to " + memo)
            + ";";
  }
}
