package dev.memo.codec.key;

import dev.memo.annotation.CacheIdentity;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the classes of receivers mark beyond what is known of the class that declares the method:
 * the wrapper of an interface cannot know what identifies its implementations. Thread-safe.
 */
final class FurtherMembers {
  private final Class<?> declaring;
  private final Set<String> known;
  private final ClassValue<List<Marked>> byClass =
      new ClassValue<>() {
        @Override
        protected List<Marked> computeValue(Class<?> receiver) {
          return find(receiver);
        }
      };

  /**
   * A marked member.
   *
   * @param name with that of its class, because members of several classes may have one name
   */
  record Marked(String name, ReceiverMember member) {}

  FurtherMembers(Class<?> declaring, Collection<ReceiverMember> known) {
    this.declaring = declaring;
    this.known = known.stream().map(member -> member.name).collect(Collectors.toSet());
  }

  /** Of receivers of a class, sorted by name. */
  List<Marked> of(Class<?> receiver) {
    return byClass.get(receiver);
  }

  private List<Marked> find(Class<?> receiver) {
    Set<Class<?>> further = ReceiverMember.lineage(receiver);
    further.removeAll(ReceiverMember.lineage(declaring));
    Set<String> methods = new HashSet<>(known);
    List<Marked> marked = new ArrayList<>();
    for (Class<?> type : further) {
      Stream<AccessibleObject> members =
          Stream.concat(Stream.of(type.getDeclaredFields()), Stream.of(type.getDeclaredMethods()));
      members
          .filter(member -> isMarked(type, member))
          .filter(member -> !isOverridden(member, methods))
          .map(member -> marked(receiver, type, member))
          .forEach(marked::add);
    }
    marked.sort(Comparator.comparing(Marked::name));
    return List.copyOf(marked);
  }

  private static Marked marked(Class<?> receiver, Class<?> type, AccessibleObject member) {
    return new Marked(
        type.getName() + "#" + ReceiverMember.nameOf(member), ReceiverMember.of(receiver, member));
  }

  /** What marks a record's component marks its field and its accessor; the field is read. */
  private static boolean isMarked(Class<?> type, AccessibleObject member) {
    int modifiers = ((Member) member).getModifiers();
    boolean isField = member instanceof Field;
    return member.isAnnotationPresent(CacheIdentity.class)
        && !Modifier.isStatic(modifiers)
        && (isField || !type.isRecord() || !isComponent(type, ((Member) member).getName()));
  }

  private static boolean isComponent(Class<?> record, String name) {
    return Stream.of(record.getRecordComponents()).anyMatch(it -> it.getName().equals(name));
  }

  /** Whether it is a method that another one, which is read already, stands for. */
  private static boolean isOverridden(AccessibleObject member, Set<String> methods) {
    return member instanceof Method method
        && !Modifier.isPrivate(method.getModifiers())
        && !methods.add(ReceiverMember.nameOf(method));
  }
}
