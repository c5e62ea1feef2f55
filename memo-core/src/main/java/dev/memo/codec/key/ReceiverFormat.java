package dev.memo.codec.key;

import dev.memo.annotation.CacheIdentity;
import dev.memo.codec.type.Refusal;
import dev.memo.failure.UncacheableArgumentException;
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
  private final List<ReceiverMember> members;
  private final @Nullable FurtherMembers further; // of receivers of several classes

  private ReceiverFormat(
      String method,
      boolean byContent,
      boolean withClass,
      List<ReceiverMember> members,
      @Nullable FurtherMembers further) {
    this.method = method;
    this.byContent = byContent;
    this.withClass = withClass;
    this.members = members;
    this.further = further;
  }

  /**
   * Receivers are alike if they are alike as arguments; records that say by their marks what
   * identifies them, if they agree in that and in their class.
   *
   * @param method for messages
   */
  public static ReceiverFormat content(String method) {
    FurtherMembers all = new FurtherMembers(Object.class, List.of());
    return new ReceiverFormat(method, true, false, List.of(), all);
  }

  /** All receivers are alike. */
  public static ReceiverFormat ignored(String method) {
    return new ReceiverFormat(method, false, false, List.of(), null);
  }

  /**
   * Receivers are alike if all these members are.
   *
   * @param names of fields, and of methods without parameters, with {@code ()} at their end; looked
   *     for in the class, then in what it extends, then in its interfaces; of several of one name
   *     the first that is a {@link CacheIdentity}, if there is one
   * @throws UncacheableArgumentException if one of them cannot be read
   * @throws IllegalStateException if there is none of that name
   */
  public static ReceiverFormat identifiedBy(
      String method, Class<?> declaring, Collection<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no member identifies the receivers of " + method);
    }
    List<ReceiverMember> members = new ArrayList<>();
    for (String name : new TreeSet<>(names)) {
      try {
        members.add(ReceiverMember.of(declaring, name));
      } catch (Refusal e) {
        throw uncacheable(Refusal.at("." + name, e));
      }
    }
    return new ReceiverFormat(
        method, false, false, List.copyOf(members), new FurtherMembers(declaring, members));
  }

  /**
   * As this, but receivers of different classes are never alike, and of those that are identified
   * by members also what their own classes mark counts.
   */
  public ReceiverFormat withClass() {
    return new ReceiverFormat(method, byContent, true, members, further);
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
    } else if (type.isLocalClass()) {
      return "a class declared inside a method, whose name counts those before it";
    }
    return type.isSynthetic() ? "made by the compiler" : null;
  }

  /** Whether nothing but the content counts of receivers of this class. */
  boolean isContentOnly(Class<?> type) {
    return byContent && !withClass && marked(type).isEmpty();
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
      List<FurtherMembers.Marked> marked = marked(receiver.getClass());
      boolean asArgument = byContent && marked.isEmpty();
      if (withClass || (byContent && !asArgument)) {
        writeClass(out, receiver.getClass());
      }
      if (asArgument) {
        out.write(receiver);
      } else {
        writeMembers(out, receiver, marked);
      }
    } catch (Refusal e) {
      throw uncacheable(e);
    } catch (StackOverflowError e) {
      throw uncacheable(new Refusal("nested too deep for the stack of this thread", e));
    }
  }

  /**
   * What classes of receivers mark themselves, as far as it counts: other content than that of
   * records, a constant's name or what a {@code KeyEncoder} writes, is meant as it is.
   */
  private List<FurtherMembers.Marked> marked(Class<?> type) {
    boolean counts = byContent ? type.isRecord() : withClass;
    return further != null && counts ? further.of(type) : List.of();
  }

  private void writeMembers(
      CanonicalEncoder out, Object receiver, List<FurtherMembers.Marked> marked) {
    if (members.size() == 1) {
      write(out, members.get(0), receiver);
    } else {
      for (ReceiverMember member : members) {
        out.write(member.name);
        write(out, member, receiver);
      }
    }
    for (FurtherMembers.Marked one : marked) {
      out.write(one.name());
      write(out, one.member(), receiver);
    }
  }

  private static void write(CanonicalEncoder out, ReceiverMember member, Object receiver) {
    if (member.secret == null) {
      out.writeStep(member.step, member.get(receiver));
    } else {
      out.writeSecret(member.step, member.secret, member.get(receiver));
    }
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
}
