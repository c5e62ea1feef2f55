package dev.memo.codec.key;

/** How the arguments of one class are written, tag included. */
@FunctionalInterface
interface KeyForm {
  void write(CanonicalEncoder out, Object value) throws Throwable;
}
