package dev.memo.codec.type;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.MalformedParameterizedTypeException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The users' classes that a type shows: those that it names, those that their components and fields
 * name, and the permitted ones of what is sealed. Bytes of a codec do not tell which classes are in
 * them; they count while none of these has changed.
 *
 * <p>Types are walked as they are written, type variables by their bounds: there are finitely many,
 * even where a class contains itself with ever larger arguments.
 */
public final class ShownClasses {
  private final Set<Class<?>> readable = new HashSet<>();
  private final Set<String> shapes = new TreeSet<>();
  private final Set<Type> seen = new HashSet<>();
  private final Deque<Type> left = new ArrayDeque<>();
  private final String name;

  private ShownClasses(Type type) {
    name = Shapes.name(type);
    left.add(type);
    while (!left.isEmpty()) {
      Type next = left.remove();
      if (seen.add(next)) {
        visit(next);
      }
    }
  }

  public static ShownClasses of(Type type) {
    return new ShownClasses(type);
  }

  /** Whether the shape of this class is part of {@link #shape}. */
  public boolean contains(Class<?> type) {
    return readable.contains(type);
  }

  /** The type, and all that its classes look like. */
  public String shape() {
    return name + "|" + String.join("", shapes);
  }

  private void visit(Type type) {
    if (type instanceof Class<?> c) {
      if (c.isArray()) {
        left.add(c.getComponentType());
      } else if (!Shapes.isOfJdk(c)) {
        describe(c);
      }
    } else if (type instanceof ParameterizedType p) {
      left.add(p.getRawType());
      addArguments(p);
    } else if (type instanceof GenericArrayType a) {
      left.add(a.getGenericComponentType());
    } else if (type instanceof WildcardType w) {
      left.addAll(Arrays.asList(w.getUpperBounds()));
      left.addAll(Arrays.asList(w.getLowerBounds()));
    } else if (type instanceof TypeVariable<?> v) {
      left.addAll(Arrays.asList(v.getBounds()));
    }
  }

  private void describe(Class<?> type) {
    try {
      List<Type> parts = parts(type);
      shapes.add(Shapes.ofVersion(type));
      left.addAll(parts);
      readable.add(type);
    } catch (LinkageError | TypeNotPresentException | MalformedParameterizedTypeException e) {
      // A library that is optional is absent: nothing but the name can be known of this class.
      shapes.add(type.getName() + ";");
    }
  }

  private List<Type> parts(Class<?> type) {
    List<Type> parts = new ArrayList<>();
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        parts.add(component.getGenericType());
      }
    } else if (!type.isEnum()) {
      for (Field field : Shapes.fields(type)) {
        if (!Shapes.isOfJdk(field.getDeclaringClass())) {
          parts.add(field.getGenericType());
        }
      }
    }
    if (type.isSealed()) {
      parts.addAll(Arrays.asList(type.getPermittedSubclasses()));
    }
    addArgumentsOfSupertypes(type);
    return parts;
  }

  /** What stands for the type variables of inherited fields. */
  private void addArgumentsOfSupertypes(Class<?> type) {
    List<Type> supertypes = new ArrayList<>(List.of(type.getGenericInterfaces()));
    if (type.getGenericSuperclass() != null) {
      supertypes.add(type.getGenericSuperclass());
    }
    for (Type supertype : supertypes) {
      addArguments(supertype);
      addArgumentsOfSupertypes(Shapes.erase(supertype));
    }
  }

  private void addArguments(@Nullable Type type) {
    if (type instanceof ParameterizedType p) {
      left.addAll(Arrays.asList(p.getActualTypeArguments()));
      addArguments(p.getOwnerType());
    }
  }
}
