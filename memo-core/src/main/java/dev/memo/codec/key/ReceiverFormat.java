package dev.memo.codec.key;

import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import dev.memo.failure.UncacheableArgumentException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the object that a method is called on becomes part of the key: by its content, by members
 * that identify it, or not at all; and by its class, where objects of several classes are meant.
 * Immutable and thread-safe.
 *
 * <p>Members are read at every call, however private they are.
 */
public final class ReceiverFormat {
  private static final String ROOT = "receiver";

  /** Asked at every call, and slow to find out. */
  private static final ClassValue<Optional<String>> NAMELESSNESS =
      new ClassValue<>() {
        @Override
        protected Optional<String> computeValue(Class<?> type) {
          return Optional.ofNullable(findNamelessness(type));
        }
      };

  private final String method;
  private final boolean byContent;
  private final boolean withClass;
  private final List<Member> members;

  private ReceiverFormat(
      String method, boolean byContent, boolean withClass, List<Member> members) {
    this.method = method;
    this.byContent = byContent;
    this.withClass = withClass;
    this.members = members;
  }

  /**
   * Receivers are alike if they are alike as arguments.
   *
   * @param method for messages
   */
  public static ReceiverFormat content(String method) {
    return new ReceiverFormat(method, true, false, List.of());
  }

  /** All receivers are alike. */
  public static ReceiverFormat ignored(String method) {
    return new ReceiverFormat(method, false, false, List.of());
  }

  /**
   * Receivers are alike if all these members are.
   *
   * @param names of fields, and of methods without parameters, with {@code ()} at their end; looked
   *     for in the class, then in what it extends, then in its interfaces
   * @throws UncacheableArgumentException if one of them cannot be read
   * @throws IllegalStateException if there is none of that name
   */
  public static ReceiverFormat identifiedBy(
      String method, Class<?> declaring, Collection<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no member identifies the receivers of " + method);
    }
    List<Member> members = new ArrayList<>();
    for (String name : new TreeSet<>(names)) {
      try {
        members.add(Member.of(declaring, name));
      } catch (Refusal e) {
        throw uncacheable(Refusal.at("." + name, e));
      }
    }
    return new ReceiverFormat(method, false, false, List.copyOf(members));
  }

  /** As this, but receivers of different classes are never alike. */
  public ReceiverFormat withClass() {
    return new ReceiverFormat(method, byContent, true, members);
  }

  /** Why a class has no name by which the next run would know it; null if it has one. */
  public static @Nullable String namelessness(Class<?> type) {
    return NAMELESSNESS.get(type).orElse(null);
  }

  private static @Nullable String findNamelessness(Class<?> type) {
    if (type.isHidden()) {
      return "a lambda, a method reference or another hidden class";
    } else if (Proxy.isProxyClass(type)) {
      return "a proxy that was made at run time";
    } else if (type.isAnonymousClass()) {
      return "an anonymous class";
    }
    return type.isSynthetic() ? "made by the compiler" : null;
  }

  /** Whether nothing but the content counts. */
  boolean isContentOnly() {
    return byContent && !withClass;
  }

  /** Says that there must be a receiver. */
  Object require(@Nullable Object receiver) {
    if (receiver == null) {
      throw new NullPointerException("the receiver of " + method + " is null");
    }
    return receiver;
  }

  /**
   * Writes what identifies the receiver.
   *
   * @throws UncacheableArgumentException naming the path to what cannot be encoded
   */
  void write(CanonicalEncoder out, @Nullable Object nullable) {
    Object receiver = require(nullable);
    try {
      if (withClass) {
        writeClass(out, receiver.getClass());
      }
      if (byContent) {
        out.write(receiver);
      } else if (members.size() == 1) {
        write(out, members.get(0), receiver);
      } else {
        for (Member member : members) {
          out.write(member.name);
          write(out, member, receiver);
        }
      }
    } catch (Refusal e) {
      throw uncacheable(e);
    } catch (StackOverflowError e) {
      throw uncacheable(new Refusal("nested too deep for the stack of this thread", e));
    }
  }

  private static void write(CanonicalEncoder out, Member member, Object receiver) {
    out.writeStep(member.step, member.get(receiver));
  }

  private static void writeClass(CanonicalEncoder out, Class<?> type) {
    String namelessness = namelessness(type);
    if (namelessness != null) {
      throw new Refusal(
          "its class, "
              + type.getName()
              + ", has no name that the next run would know: it is "
              + namelessness
              + "; let a named class take its place");
    }
    KeyForms.writeClass(out, type);
  }

  private static UncacheableArgumentException uncacheable(Refusal refusal) {
    return new UncacheableArgumentException(refusal.describe(ROOT), refusal.getCause());
  }

  /** A field or method of receivers. */
  private static final class Member {
    final String name;
    final String step;
    private final MethodHandle getter;

    private Member(String name, MethodHandle getter) {
      this.name = name;
      this.step = "." + name;
      this.getter = getter;
    }

    static Member of(Class<?> declaring, String name) {
      for (Class<?> type = declaring; type != null; type = type.getSuperclass()) {
        MethodHandle getter = getter(type, name);
        if (getter != null) {
          return new Member(name, getter);
        }
      }
      for (Class<?> type = declaring; type != null; type = type.getSuperclass()) {
        MethodHandle getter = inherited(type, name);
        if (getter != null) {
          return new Member(name, getter);
        }
      }
      throw new IllegalStateException(
          "The wrapper of "
              + declaring.getName()
              + " is older than the class: there is no "
              + name
              + ", which identified its objects. Compile both anew.");
    }

    private static @Nullable MethodHandle inherited(Class<?> type, String name) {
      for (Class<?> parent : type.getInterfaces()) {
        MethodHandle getter = getter(parent, name);
        if (getter == null) {
          getter = inherited(parent, name);
        }
        if (getter != null) {
          return getter;
        }
      }
      return null;
    }

    /** A handle {@code (Object) -> Object}; null if the class itself declares no such member. */
    private static @Nullable MethodHandle getter(Class<?> type, String name) {
      try {
        if (name.endsWith("()")) {
          var found = type.getDeclaredMethod(name.substring(0, name.length() - 2));
          return Modifier.isStatic(found.getModifiers()) ? null : Records.boxedGetter(found);
        }
        var found = type.getDeclaredField(name);
        return Modifier.isStatic(found.getModifiers()) ? null : Records.boxedGetter(found);
      } catch (NoSuchMethodException | NoSuchFieldException e) {
        return null;
      }
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
}
