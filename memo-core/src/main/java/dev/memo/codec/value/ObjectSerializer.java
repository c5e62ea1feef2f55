package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.objenesis.instantiator.ObjectInstantiator;
import com.esotericsoftware.kryo.kryo5.objenesis.strategy.StdInstantiatorStrategy;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import dev.memo.codec.type.Shapes;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * Fields, those of the superclass first, then by name; transient ones are left out. An object is
 * read into one from its constructor without parameters, or, where it has none, into one that no
 * constructor has seen.
 */
final class ObjectSerializer extends Serializer<Object> implements Structured {
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final List<Part> parts = new ArrayList<>();
  private final List<MethodHandle> setters = new ArrayList<>();
  private final ObjectInstantiator<?> instantiator;

  ObjectSerializer(Class<?> type) {
    for (Field field : Shapes.fields(type)) {
      Records.open(field);
      try {
        MethodHandle getter = LOOKUP.unreflectGetter(field);
        parts.add(
            new Part(
                field.getName(),
                field.getType(),
                getter.asType(MethodType.methodType(field.getType(), Object.class))));
        setters.add(
            LOOKUP
                .unreflectSetter(field)
                .asType(MethodType.methodType(void.class, Object.class, Object.class)));
      } catch (IllegalAccessException e) {
        throw Refusal.at("." + field.getName(), new Refusal("the field cannot be set", e));
      }
    }
    instantiator = instantiator(type);
  }

  private static ObjectInstantiator<?> instantiator(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor();
      Records.open(constructor);
      return () -> {
        try {
          return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
          if (e.getCause() instanceof VirtualMachineError error) {
            throw error; // tells of this thread or JVM, not of the bytes
          }
          throw new IllegalArgumentException("the constructor of " + type + " failed", e);
        }
      };
    } catch (NoSuchMethodException none) {
      return new StdInstantiatorStrategy().newInstantiatorOf(type);
    }
  }

  @Override
  public List<Part> parts() {
    return parts;
  }

  @Override
  public void write(Kryo kryo, Output out, Object object) {
    for (Part part : parts) {
      part.write(kryo, out, object);
    }
  }

  @Override
  public Object read(Kryo kryo, Input in, Class<? extends Object> type) {
    Object object = instantiator.newInstance();
    for (int i = 0; i < parts.size(); i++) {
      Object value = parts.get(i).read(kryo, in);
      try {
        setters.get(i).invokeExact(object, value);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalArgumentException("a field cannot be set", e);
      }
    }
    return object;
  }
}
