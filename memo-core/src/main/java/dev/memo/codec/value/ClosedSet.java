package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Serializer;
import dev.memo.codec.type.Refusal;
import dev.memo.codec.type.Shapes;
import dev.memo.codec.type.TypeBindings;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All classes that may occur in the results of one function: those that its type implies and those
 * that the user named. Classes come from type objects only; bytes can choose among them, never name
 * one. Thread-safe.
 */
final class ClosedSet {
  /** The classes that need an index in the entry, sorted by name. */
  private final List<StoredClass> members = new ArrayList<>();

  /** Sorted, and the members in the same order: every value that is read looks here. */
  private final long[] nameHashes;

  private final StoredClass[] byNameHash;

  /** By run-time class; those of the JDK are added when they first occur. */
  private final ConcurrentHashMap<Class<?>, StoredClass> byClass = new ConcurrentHashMap<>();

  private ClosedSet(Set<Class<?>> classes) {
    classes.stream()
        .sorted(Comparator.comparing(Class::getName))
        .forEach(
            type -> {
              StoredClass member = StoredClass.member(type, serializer(type), members.size());
              members.add(member);
              byClass.put(type, member);
            });
    byNameHash =
        members.stream()
            .sorted(Comparator.comparingLong(StoredClass::nameHash))
            .toArray(StoredClass[]::new);
    nameHashes = Arrays.stream(byNameHash).mapToLong(StoredClass::nameHash).toArray();
    for (int i = 1; i < nameHashes.length; i++) {
      if (nameHashes[i] == nameHashes[i - 1]) {
        throw new Refusal(
            "two classes are called "
                + byNameHash[i].getType().getName()
                + "; use one class loader for both");
      }
    }
  }

  /**
   * Walks the type.
   *
   * @throws Refusal with the path to a type that is open
   */
  static ClosedSet of(Type type, List<Class<?>> types) {
    Walk walk = new Walk(types);
    for (Class<?> named : types) {
      try {
        walk.addNamed(named);
      } catch (Refusal e) {
        throw Refusal.at(" types {" + named.getName() + "}", e);
      }
    }
    walk.visit(type, TypeBindings.NONE);
    return new ClosedSet(walk.classes);
  }

  /** All that bytes can depend on: the slot for entries of exactly this version of the classes. */
  String shape() {
    return members.stream()
        .map(member -> Shapes.ofVersion(member.getType()))
        .collect(Collectors.joining());
  }

  int size() {
    return members.size();
  }

  Set<Class<?>> enums() {
    Set<Class<?>> enums = new HashSet<>();
    for (StoredClass member : members) {
      if (member.getType().isEnum()) {
        enums.add(member.getType());
      }
    }
    return enums;
  }

  /** The member of this name and shape, or null. */
  @Nullable StoredClass find(long nameHash, long shapeHash) {
    int at = Arrays.binarySearch(nameHashes, nameHash);
    return at >= 0 && byNameHash[at].shapeHash() == shapeHash ? byNameHash[at] : null;
  }

  /** The class of a value. */
  StoredClass of(Class<?> type) {
    StoredClass known = byClass.get(type);
    return known != null ? known : add(type);
  }

  /** The parts of a class of the user's; null of those that have none, like all of the JDK. */
  @Nullable Structured structured(Class<?> type) {
    StoredClass known = byClass.get(type);
    return known != null && known.getSerializer() instanceof Structured structured
        ? structured
        : null;
  }

  private StoredClass add(Class<?> type) {
    if (Enum.class.isAssignableFrom(type) && !type.isEnum()) {
      StoredClass constantWithBody = byClass.get(type.getSuperclass());
      if (constantWithBody != null) {
        return constantWithBody;
      }
    }
    JdkForm form = JdkForms.of(type);
    if (form == null) {
      throw new Refusal(
          type.getName()
              + " is not among the classes that the declared type implies"
              + (Shapes.isOfJdk(type) ? "; return another class" : "; name it in types")
              + ", or use a codec");
    }
    StoredClass added = StoredClass.ofJdk(type, form);
    StoredClass raced = byClass.putIfAbsent(type, added);
    return raced != null ? raced : added;
  }

  private static Serializer<?> serializer(Class<?> type) {
    if (type.isEnum()) {
      return new EnumSerializer(type);
    } else if (type.isArray()) {
      return new ArraySerializer(type.getComponentType());
    } else if (type.isRecord()) {
      return new RecordSerializer(type);
    }
    return new ObjectSerializer(type);
  }

  /** One walk over a type; collects classes until nothing new is found. */
  private static final class Walk {
    final Set<Class<?>> classes = new HashSet<>();
    private final Set<Type> seen = new HashSet<>();
    private final List<Class<?>> types;

    Walk(List<Class<?>> types) {
      this.types = types;
    }

    void visit(Type unbound, TypeBindings bindings) {
      Type type = bindings.resolve(unbound);
      if (type instanceof TypeVariable<?> v) {
        type = bindings.resolve(v.getBounds()[0]);
        if (type instanceof TypeVariable<?> || Shapes.erase(type) == Object.class) {
          throw open("the type variable " + v + " can be anything");
        }
      }
      if (!seen.add(type)) {
        return;
      }
      Class<?> raw = Shapes.erase(type);
      if (raw == void.class) {
        throw new Refusal("void is no result");
      } else if (raw.isArray()) {
        visitArray(type, raw);
      } else if (JdkForms.isDeclarable(raw)) {
        visitArguments(type, raw);
      } else if (!raw.isPrimitive() && isClosedByTypes(raw)) {
        return;
      } else if (!raw.isPrimitive()) {
        visitClass(type, raw, TypeBindings.of(type));
      }
    }

    private void visitArray(Type type, Class<?> raw) {
      Type component = TypeBindings.componentOf(type);
      if (!Shapes.erase(component).isPrimitive()) {
        classes.add(raw);
        step("[]", component, TypeBindings.NONE);
      }
    }

    private void visitArguments(Type type, Class<?> raw) {
      if (raw == Class.class || raw.getTypeParameters().length == 0) {
        return;
      }
      if (!(type instanceof ParameterizedType p)) {
        throw open(raw.getName() + " has no type arguments here");
      }
      Type[] arguments = p.getActualTypeArguments();
      for (int i = 0; i < arguments.length; i++) {
        step("<" + raw.getTypeParameters()[i] + ">", arguments[i], TypeBindings.NONE);
      }
    }

    private boolean isClosedByTypes(Class<?> raw) {
      return !Modifier.isFinal(raw.getModifiers())
          && !raw.isSealed()
          && types.stream().anyMatch(raw::isAssignableFrom);
    }

    void addNamed(Class<?> named) {
      if (JdkForms.isDeclarable(named) || named.isPrimitive()) {
        return;
      }
      if (named.isArray()) {
        visit(named, TypeBindings.NONE);
      } else if (named.isInterface() || named.isSealed() || named.isEnum()) {
        visit(named, TypeBindings.NONE);
      } else if (Modifier.isAbstract(named.getModifiers())) {
        throw new Refusal("is abstract; name the classes that extend it");
      } else {
        visitConcrete(named, TypeBindings.of(named));
      }
    }

    private void visitClass(Type type, Class<?> raw, TypeBindings inside) {
      refuseWhatCannotBeStored(raw);
      if (raw.isEnum()) {
        classes.add(raw);
      } else if (raw.isSealed()) {
        if (!raw.isInterface() && !Modifier.isAbstract(raw.getModifiers())) {
          visitConcrete(raw, inside);
        }
        for (Class<?> permitted : raw.getPermittedSubclasses()) {
          visitPermitted(permitted, type);
        }
      } else if (Modifier.isFinal(raw.getModifiers())) {
        visitConcrete(raw, inside);
      } else {
        throw open(
            raw.getName()
                + (raw.isInterface() ? " is an open interface" : " is not final")
                + ", so that any class could come");
      }
    }

    private void visitPermitted(Class<?> permitted, Type sealed) {
      TypeBindings inside = TypeBindings.ofSubtype(permitted, sealed);
      try {
        if (seen.add(inside.owner()) && !isClosedByTypes(permitted)) {
          visitClass(inside.owner(), permitted, inside);
        }
      } catch (Refusal e) {
        throw Refusal.at("(" + permitted.getSimpleName() + ")", e);
      }
    }

    private void visitConcrete(Class<?> raw, TypeBindings inside) {
      refuseWhatCannotBeStored(raw);
      classes.add(raw);
      if (raw.isRecord()) {
        for (RecordComponent component : raw.getRecordComponents()) {
          addErasedArray(component.getGenericType(), component.getType());
          step("." + component.getName(), component.getGenericType(), inside);
        }
      } else {
        for (Field field : Shapes.fields(raw)) {
          addErasedArray(field.getGenericType(), field.getType());
          step(
              "." + field.getName(),
              field.getGenericType(),
              inside.upTo(field.getDeclaringClass()));
        }
      }
    }

    /** An array of a type variable is created with its erased class, or with any other. */
    private void addErasedArray(Type declared, Class<?> erased) {
      if (declared instanceof GenericArrayType) {
        classes.add(erased);
      }
    }

    private void step(String step, Type type, TypeBindings bindings) {
      try {
        visit(type, bindings);
      } catch (Refusal e) {
        throw Refusal.at(step, e);
      }
    }

    private static void refuseWhatCannotBeStored(Class<?> raw) {
      String why = null;
      if (Throwable.class.isAssignableFrom(raw)) {
        why = "is a Throwable, whose stack trace and causes cannot be stored";
      } else if (raw.isHidden() || raw.isSynthetic()) {
        why = "is a lambda or another class without a stable name";
      } else if (Shapes.isOfJdk(raw) && !raw.isEnum()) {
        why = "is a class of the JDK that memo does not store";
      } else if (concreteParentOfJdk(raw) != null) {
        why = "extends " + concreteParentOfJdk(raw) + ", whose content memo does not see";
      }
      if (why != null) {
        throw new Refusal(raw.getName() + " " + why + "; return another type, or use a codec");
      }
    }

    /** Abstract classes of the JDK have no content of their own; fields of others are transient. */
    private static @Nullable String concreteParentOfJdk(Class<?> raw) {
      Class<?> parent = raw.getSuperclass();
      while (parent != null && !Shapes.isOfJdk(parent)) {
        parent = parent.getSuperclass();
      }
      return parent == null || parent == Object.class || Modifier.isAbstract(parent.getModifiers())
          ? null
          : parent.getName();
    }

    private static Refusal open(String why) {
      return new Refusal(
          why + "; use a final, sealed or record type, name the classes in types, or use a codec");
    }
  }
}
