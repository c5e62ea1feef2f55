package dev.memo.annotation;

/** Whether the object that a method is called on is part of the call. */
public enum Receiver {
  /**
   * It is: by its content if its class is a record or an enum, else by what {@link CacheIdentity}
   * marks.
   */
  IDENTIFIED,

  /**
   * It is not: all instances of a class return equal results for equal arguments. Classes still
   * count where a method may be called on several: the implementations of an interface are not
   * alike.
   */
  IGNORED
}
