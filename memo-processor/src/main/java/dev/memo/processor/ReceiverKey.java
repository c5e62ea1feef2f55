package dev.memo.processor;

import java.util.List;

/**
 * What identifies the object that a method is called on.
 *
 * @param withClass whether objects of several classes come, whose class counts too
 */
record ReceiverKey(Kind kind, List<String> members, boolean withClass) {

  enum Kind {
    /** Its content, as that of any argument. */
    CONTENT,

    /** What its {@code members} say: names of fields, and of methods with parentheses. */
    MEMBERS,

    /** Nothing: all are alike. */
    NOTHING
  }
}
