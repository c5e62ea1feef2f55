package dev.memo;

import dev.memo.codec.key.ReceiverFormat;
import java.util.List;

/**
 * What of the object that a method is called on is part of the key.
 *
 * @param members those that identify it, else empty
 * @param withClass whether its class is
 */
record ReceiverRule(Kind kind, List<String> members, boolean withClass) {
  /** Of a static method. */
  static final ReceiverRule NONE = new ReceiverRule(Kind.NONE, List.of(), false);

  enum Kind {
    NONE,
    CONTENT,
    MEMBERS,
    IGNORED
  }

  boolean isNone() {
    return kind == Kind.NONE;
  }

  /** Says what counts, which nobody has said before. */
  ReceiverRule and(Kind chosen, String... names) {
    if (kind != Kind.NONE) {
      throw new IllegalStateException(
          "what identifies the receiver is said twice: " + kind + ", then " + chosen);
    }
    if ((chosen == Kind.MEMBERS) == (names.length == 0)) {
      throw new IllegalArgumentException("identifiedBy needs the members that identify a receiver");
    }
    return new ReceiverRule(chosen, List.of(names), withClass);
  }

  ReceiverRule andClass() {
    return new ReceiverRule(kind, members, true);
  }

  /** Reads what the rule names in the class. */
  ReceiverFormat format(Class<?> declaring, String method) {
    ReceiverFormat format =
        switch (kind) {
          case CONTENT -> ReceiverFormat.content(method);
          case MEMBERS -> ReceiverFormat.identifiedBy(method, declaring, members);
          case IGNORED -> ReceiverFormat.ignored(method);
          case NONE ->
              throw new IllegalStateException(
                  "nobody has said what identifies the receiver of " + method);
        };
    return withClass ? format.withClass() : format;
  }
}
