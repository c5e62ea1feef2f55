package dev.memo.call;

import dev.memo.codec.Sha256;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What makes a function the same function in every process and every run.
 *
 * @param name {@code binary.class.Name#method(erased,parameter,types)}, or what the user chose
 * @param version another version is another function; may be empty
 */
public record FunctionIdentity(String name, String version) {

  public FunctionIdentity {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a function needs a name, got: \"" + name + "\"");
    }
    requireOneLine("name", name);
    requireOneLine("version", version);
  }

  /** The identity of a method that has no name of its own. */
  public static FunctionIdentity ofMethod(
      Class<?> declaring, String method, Class<?>[] parameters, String version) {
    String types =
        Arrays.stream(parameters).map(Class::getTypeName).collect(Collectors.joining(","));
    return new FunctionIdentity(declaring.getName() + "#" + method + "(" + types + ")", version);
  }

  /**
   * The identities that this function had under former names; of the same version.
   *
   * @throws IllegalArgumentException if one of them is no name, or the name that it has
   */
  public List<FunctionIdentity> formerly(List<String> names) {
    return names.stream().map(this::formerly).toList();
  }

  private FunctionIdentity formerly(String former) {
    if (former.equals(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" has itself as an alias: leave it out, or give it the former name");
    }
    try {
      return new FunctionIdentity(former, version);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + name + "\" has an alias that is no name: " + e.getMessage(), e);
    }
  }

  /** The string that the directory's registry keeps; different identities never share one. */
  public String registered() {
    return name + "\n" + version;
  }

  /** What {@link #registered} gave, as {@link #toString} says it; text that it never gives too. */
  public static String described(String registered) {
    int end = registered.indexOf('\n');
    return end < 0
        ? registered
        : described(registered.substring(0, end), registered.substring(end + 1));
  }

  private static String described(String name, String version) {
    return version.isEmpty() ? name : name + " version " + version;
  }

  /** The first 8 bytes of SHA-256 of {@link #registered}. */
  public long functionId() {
    return Sha256.first8Of(registered());
  }

  @Override
  public String toString() {
    return described(name, version);
  }

  private static void requireOneLine(String what, String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a function's " + what + " must not contain control characters, got: \"" + text + "\"");
    }
  }
}
