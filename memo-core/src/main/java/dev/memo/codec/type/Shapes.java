package dev.memo.codec.type;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What must agree of a type for bytes to be readable, as text. The texts are built here, not by
 * {@code Type.toString}, whose form depends on the JDK; they are part of the format.
 */
public final class Shapes {
  private Shapes() {}

  /** The class of a type without its arguments. */
  public static Class<?> erase(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    } else if (type instanceof ParameterizedType p) {
      return (Class<?>) p.getRawType();
    } else if (type instanceof GenericArrayType a) {
      return Array.newInstance(erase(a.getGenericComponentType()), 0).getClass();
    } else if (type instanceof WildcardType w) {
      return erase(w.getUpperBounds()[0]);
    } else if (type instanceof TypeVariable<?> v) {
      return erase(v.getBounds()[0]);
    }
    throw new IllegalArgumentException("unknown kind of type: " + type);
  }

  /** "java.util.Map<java.lang.String,p.Outer<java.lang.Integer>$Inner[]>". */
  public static String name(Type type) {
    if (type instanceof Class<?> c) {
      return c.isArray() ? name(c.getComponentType()) + "[]" : c.getName();
    } else if (type instanceof ParameterizedType p) {
      return nameOfClass(p) + arguments(p);
    } else if (type instanceof GenericArrayType a) {
      return name(a.getGenericComponentType()) + "[]";
    } else if (type instanceof WildcardType w) {
      return w.getLowerBounds().length > 0
          ? "? super " + name(w.getLowerBounds()[0])
          : "? extends " + name(w.getUpperBounds()[0]);
    } else if (type instanceof TypeVariable<?> v) {
      return v.getName();
    }
    throw new IllegalArgumentException("unknown kind of type: " + type);
  }

  /** An inner class depends on the arguments of the outer one. */
  private static String nameOfClass(ParameterizedType type) {
    String name = erase(type).getName();
    return type.getOwnerType() instanceof ParameterizedType owner
        ? name(owner) + name.substring(erase(owner).getName().length())
        : name;
  }

  private static String arguments(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    return arguments.length == 0 // an inner class
        ? ""
        : Arrays.stream(arguments).map(Shapes::name).collect(Collectors.joining(",", "<", ">"));
  }

  /** Whether the class belongs to the JDK, where it counts by name only. */
  public static boolean isOfJdk(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    return loader == null || loader == ClassLoader.getPlatformClassLoader();
  }

  /** The fields that are stored: not static, not transient; the superclass first, then by name. */
  public static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    Class<?> parent = type.getSuperclass();
    if (parent != null) {
      fields.addAll(fields(parent));
    }
    Arrays.stream(type.getDeclaredFields())
        .filter(f -> (f.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0)
        .sorted(Comparator.comparing(Field::getName))
        .forEach(fields::add);
    return fields;
  }

  /**
   * What one class itself looks like: its parts, what its type variables stand for, and the classes
   * of users that it extends, since they decide where its values may occur. The classes of its
   * parts have shapes of their own.
   */
  public static String ofClass(Class<?> type) {
    return parts(type) + bounds(type) + supertypes(type);
  }

  /** Everything about one class: its name, what it looks like, and its constants. */
  public static String ofVersion(Class<?> type) {
    return type.getName() + "=" + ofClass(type) + (type.isEnum() ? constants(type) : "") + ";";
  }

  /** Read without initialising the enum, whose author may do anything then. */
  private static List<String> constants(Class<?> type) {
    return Arrays.stream(type.getDeclaredFields())
        .filter(Field::isEnumConstant)
        .map(Field::getName)
        .toList();
  }

  private static String parts(Class<?> type) {
    if (type.isEnum()) {
      return "enum";
    } else if (type.isArray()) {
      return "array";
    } else if (type.isRecord()) {
      return Arrays.stream(type.getRecordComponents())
          .map(c -> c.getName() + ":" + name(c.getGenericType()))
          .collect(Collectors.joining(",", "record(", ")"));
    }
    return fields(type).stream()
        .filter(f -> !isOfJdk(f.getDeclaringClass())) // differ from one JDK to the next
        .map(
            f ->
                f.getDeclaringClass().getName()
                    + "."
                    + f.getName()
                    + ":"
                    + name(f.getGenericType()))
        .collect(Collectors.joining(",", "class(", ")"));
  }

  private static String bounds(Class<?> type) {
    return Arrays.stream(type.getTypeParameters())
        .filter(variable -> variable.getBounds()[0] != Object.class)
        .map(variable -> "<" + variable.getName() + ":" + name(variable.getBounds()[0]) + ">")
        .collect(Collectors.joining());
  }

  private static String supertypes(Class<?> type) {
    Set<String> names = new TreeSet<>();
    addSupertypes(type, names);
    return names.stream().map(name -> "|" + name).collect(Collectors.joining());
  }

  private static void addSupertypes(Class<?> type, Set<String> names) {
    List<Type> direct = new ArrayList<>(List.of(type.getGenericInterfaces()));
    if (type.getGenericSuperclass() != null) {
      direct.add(type.getGenericSuperclass());
    }
    for (Type supertype : direct) {
      if (!isOfJdk(erase(supertype)) && names.add(name(supertype))) {
        addSupertypes(erase(supertype), names);
      }
    }
  }

  /**
   * What every value of a type must contain: walks type arguments, components and fields while the
   * types are final; enums, interfaces, sealed and open classes count by name, so that a new
   * constant or subtype loses nothing.
   */
  public static String required(Type type) {
    Walk walk = new Walk();
    walk.append(type, TypeBindings.NONE);
    return walk.out.toString();
  }

  /** One walk over a type; describes each class once. */
  private static final class Walk {
    final StringBuilder out = new StringBuilder();
    private final Set<String> seen = new HashSet<>();

    void append(Type unbound, TypeBindings bindings) {
      Type type = bindings.resolve(unbound);
      Class<?> raw = erase(type);
      if (type instanceof TypeVariable<?> variable) {
        appendVariable(variable);
      } else if (raw.isArray()) {
        append(TypeBindings.componentOf(type), TypeBindings.NONE);
        out.append("[]");
      } else if (isOfJdk(raw)) {
        out.append(raw.getName());
        appendArguments(type);
      } else {
        out.append(name(type));
        boolean described = Modifier.isFinal(raw.getModifiers()) && !raw.isEnum();
        if (described && seen.add(name(type))) {
          appendContent(raw, TypeBindings.of(type));
        }
      }
    }

    /** With its bound: variables of several classes have the same name. */
    private void appendVariable(TypeVariable<?> variable) {
      out.append(variable.getName());
      if (seen.add(variable.getGenericDeclaration() + "." + variable.getName())) {
        out.append(':');
        append(variable.getBounds()[0], TypeBindings.NONE);
      }
    }

    private void appendArguments(Type type) {
      if (type instanceof ParameterizedType p) {
        for (Type argument : p.getActualTypeArguments()) {
          out.append('<');
          append(argument, TypeBindings.NONE);
          out.append('>');
        }
      }
    }

    private void appendContent(Class<?> raw, TypeBindings inside) {
      out.append('(');
      if (raw.isRecord()) {
        for (RecordComponent component : raw.getRecordComponents()) {
          appendPart(component.getName(), component.getGenericType(), inside);
        }
      } else {
        for (Field field : fields(raw)) {
          Class<?> declaring = field.getDeclaringClass();
          String part = declaring.getName() + "." + field.getName();
          appendPart(part, field.getGenericType(), inside.upTo(declaring));
        }
      }
      out.append(')');
    }

    private void appendPart(String part, Type type, TypeBindings bindings) {
      out.append(part).append(':');
      append(type, bindings);
      out.append(',');
    }
  }
}
