package dev.memo.call;

import org.jspecify.annotations.Nullable;

/**
 * Which method a function is.
 *
 * @param name as an identity says it that has no other name
 * @param loader of the class that declares the method; null for the boot loader. Another loader's
 *     classes may be another version of the program
 */
public record MethodOrigin(String name, @Nullable ClassLoader loader) {

  /** The method of a class. */
  public static MethodOrigin of(Class<?> declaring, String method, Class<?>... parameters) {
    return new MethodOrigin(
        FunctionIdentity.ofMethod(declaring, method, parameters, "").name(),
        declaring.getClassLoader());
  }
}
