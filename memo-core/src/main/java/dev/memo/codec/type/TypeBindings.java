package dev.memo.codec.type;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the type variables of a class stand for. Immutable. */
public final class TypeBindings {
  /** No type variable is bound. */
  public static final TypeBindings NONE = new TypeBindings(Object.class, Map.of());

  private final Type owner;
  private final Map<TypeVariable<?>, Type> types;

  private TypeBindings(Type owner, Map<TypeVariable<?>, Type> types) {
    this.owner = owner;
    this.types = types;
  }

  /** The bindings inside a type with arguments, those of outer classes included. */
  public static TypeBindings of(Type type) {
    if (!(type instanceof ParameterizedType p)) {
      return new TypeBindings(type, Map.of());
    }
    TypeVariable<?>[] variables = Shapes.erase(p).getTypeParameters();
    Map<TypeVariable<?>, Type> types = new HashMap<>();
    if (p.getOwnerType() != null) {
      types.putAll(of(p.getOwnerType()).types);
    }
    for (int i = 0; i < variables.length; i++) {
      types.put(variables[i], p.getActualTypeArguments()[i]);
    }
    return new TypeBindings(type, types);
  }

  /** The bindings inside a superclass of the class that these are of. */
  public TypeBindings upTo(Class<?> ancestor) {
    Class<?> raw = Shapes.erase(owner);
    if (raw == ancestor || raw.getGenericSuperclass() == null) {
      return this;
    }
    return of(resolve(raw.getGenericSuperclass())).upTo(ancestor);
  }

  /**
   * The bindings inside a subtype, as far as the arguments of its supertype tell them: {@code Ok<T>
   * implements Result<T>} has the arguments of {@code Result<String>}.
   */
  public static TypeBindings ofSubtype(Class<?> subtype, Type supertype) {
    Map<TypeVariable<?>, Type> found = new HashMap<>();
    if (supertype instanceof ParameterizedType wanted) {
      for (Type declared : supertypes(subtype)) {
        if (declared instanceof ParameterizedType p && p.getRawType() == wanted.getRawType()) {
          Type[] formal = p.getActualTypeArguments();
          for (int i = 0; i < formal.length; i++) {
            if (formal[i] instanceof TypeVariable<?> v) {
              found.put(v, wanted.getActualTypeArguments()[i]);
            }
          }
        }
      }
    }
    TypeVariable<?>[] variables = subtype.getTypeParameters();
    if (variables.length == 0) {
      return new TypeBindings(subtype, Map.of());
    }
    Type[] arguments =
        Arrays.stream(variables).map(v -> found.getOrDefault(v, v)).toArray(Type[]::new);
    return new TypeBindings(
        new Parameterized(subtype, List.of(arguments), subtype.getDeclaringClass()), found);
  }

  /** The type with arguments that these bindings are of. */
  public Type owner() {
    return owner;
  }

  private static List<Type> supertypes(Class<?> type) {
    List<Type> all = new ArrayList<>(List.of(type.getGenericInterfaces()));
    if (type.getGenericSuperclass() != null) {
      all.add(type.getGenericSuperclass());
    }
    return all;
  }

  /** The type with its variables replaced, and wildcards by their upper bounds. */
  public Type resolve(Type type) {
    if (type instanceof TypeVariable<?> v) {
      Type bound = types.get(v);
      return bound != null && !bound.equals(v) ? bound : v;
    } else if (type instanceof WildcardType w) {
      return resolve(w.getUpperBounds()[0]);
    } else if (type instanceof GenericArrayType a) {
      Type component = resolve(a.getGenericComponentType());
      return component instanceof Class<?> c
          ? Array.newInstance(c, 0).getClass()
          : new ArrayOf(component);
    } else if (type instanceof ParameterizedType p) {
      Type[] arguments = p.getActualTypeArguments();
      Type owner = p.getOwnerType();
      return new Parameterized(
          Shapes.erase(p),
          Arrays.stream(arguments).map(this::resolve).toList(),
          owner == null ? null : resolve(owner));
    }
    return type;
  }

  /** The type of the elements of an array type. */
  public static Type componentOf(Type array) {
    return array instanceof GenericArrayType a
        ? a.getGenericComponentType()
        : Objects.requireNonNull(Shapes.erase(array).getComponentType());
  }

  private record Parameterized(Class<?> raw, List<Type> arguments, @Nullable Type owner)
      implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return arguments.toArray(new Type[0]);
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return owner;
    }
  }

  private record ArrayOf(Type component) implements GenericArrayType {
    @Override
    public Type getGenericComponentType() {
      return component;
    }
  }
}
