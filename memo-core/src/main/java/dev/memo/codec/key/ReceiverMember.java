package dev.memo.codec.key;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Secret;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A field, or a method without parameters, that identifies objects. Immutable. */
final class ReceiverMember {
  final String name;
  final String step;
  final @Nullable String secret; // what to call it, if it is one
  private final MethodHandle getter;

  private ReceiverMember(
      Class<?> declaring, String name, AccessibleObject member, boolean isSecret) {
    this.name = name;
    this.step = "." + name;
    this.getter = getter(member);
    this.secret = isSecret ? "the member " + name + " of " + declaring.getName() : null;
  }

  /** What is marked was meant, even if it is private and something of the same name is nearer. */
  static ReceiverMember of(Class<?> declaring, String name) {
    List<AccessibleObject> found = declared(lineage(declaring), name).toList();
    return found.stream()
        .filter(member -> member.isAnnotationPresent(CacheIdentity.class))
        .findFirst()
        .or(() -> found.stream().findFirst())
        .map(member -> new ReceiverMember(declaring, name, member, isSecret(declaring, member)))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "The wrapper of "
                        + declaring.getName()
                        + " is older than the class: there is no "
                        + name
                        + ", which identified its objects. Compile both anew."));
  }

  /** The class, what it extends, then what all of these implement. */
  static Set<Class<?>> lineage(Class<?> declaring) {
    Set<Class<?>> lineage = new LinkedHashSet<>();
    for (Class<?> type = declaring; type != null; type = type.getSuperclass()) {
      lineage.add(type);
    }
    for (Class<?> type : List.copyOf(lineage)) {
      addInterfaces(type, lineage);
    }
    return lineage;
  }

  private static void addInterfaces(Class<?> type, Set<Class<?>> lineage) {
    for (Class<?> parent : type.getInterfaces()) {
      lineage.add(parent);
      addInterfaces(parent, lineage);
    }
  }

  private static Stream<AccessibleObject> declared(Set<Class<?>> types, String name) {
    return types.stream().flatMap(type -> declared(type, name).stream());
  }

  /** The member that the class itself declares. */
  private static Optional<AccessibleObject> declared(Class<?> type, String name) {
    try {
      if (name.endsWith("()")) {
        Method method = type.getDeclaredMethod(name.substring(0, name.length() - 2));
        return Modifier.isStatic(method.getModifiers()) ? Optional.empty() : Optional.of(method);
      }
      Field field = type.getDeclaredField(name);
      return Modifier.isStatic(field.getModifiers()) ? Optional.empty() : Optional.of(field);
    } catch (NoSuchMethodException | NoSuchFieldException e) {
      return Optional.empty();
    }
  }

  /** A handle {@code (Object) -> Object}. */
  private static MethodHandle getter(AccessibleObject member) {
    return member instanceof Field field
        ? Records.boxedGetter(field)
        : Records.boxedGetter((Method) member);
  }

  /** A member that is known already, of objects of this class. */
  static ReceiverMember of(Class<?> type, AccessibleObject member) {
    return new ReceiverMember(type, nameOf(member), member, isSecret(type, member));
  }

  /** Whether it is marked, or its accessor if it is a component, or a method that is overridden. */
  static boolean isSecret(Class<?> type, AccessibleObject member) {
    boolean isMethod = member instanceof Method || ((Field) member).getDeclaringClass().isRecord();
    String method = ((Member) member).getName() + "()";
    return Stream.concat(
            Stream.of(member), isMethod ? declared(lineage(type), method) : Stream.empty())
        .anyMatch(marked -> marked.isAnnotationPresent(Secret.class));
  }

  /** A method has {@code ()} behind its name. */
  static String nameOf(AccessibleObject member) {
    return member instanceof Method method ? method.getName() + "()" : ((Field) member).getName();
  }

  @Nullable Object get(Object receiver) {
    try {
      return (Object) getter.invokeExact(receiver);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw Refusal.at(step, e);
    }
  }
}
