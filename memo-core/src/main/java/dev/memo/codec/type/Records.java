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

/** Access to the components of records, however private. */
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
    Class<?> record = component.getDeclaringRecord();
    try {
      Field field = record.getDeclaredField(component.getName());
      open(field);
      return LOOKUP
          .unreflectGetter(field)
          .asType(MethodType.methodType(component.getType(), Object.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("every component has its field: " + component, e);
    }
  }

  /** As {@link #fieldGetter}, with type {@code (Object) -> Object}. */
  public static MethodHandle boxedFieldGetter(RecordComponent component) {
    return fieldGetter(component).asType(MethodType.methodType(Object.class, Object.class));
  }

  /** A handle {@code (Object[]) -> Object} that calls the canonical constructor. */
  public static MethodHandle constructor(Class<?> record) {
    Class<?>[] types =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types);
      open(constructor);
      return LOOKUP
          .unreflectConstructor(constructor)
          .asFixedArity()
          .asSpreader(Object[].class, types.length)
          .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
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
          "the module of "
              + owner.getName()
              + " does not let memo read it; let module-info.java open "
              + owner.getPackageName()
              + " to dev.memo",
          e);
    }
  }
}
