package dev.memo.processor;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Elements;

/** How generated things are called. */
final class Names {
  private static final Pattern WORD_BORDER =
      Pattern.compile("(?<=[\\p{Ll}\\d])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
  private static final Pattern QUALIFIER = Pattern.compile("([\\p{L}_$][\\p{L}\\p{N}_$]*\\.)+");
  private static final Pattern ANNOTATION = Pattern.compile("@[\\w.]+(\\([^)]*\\))?,? ?");

  /** Java forbids these as names of record components: their accessors would clash. */
  private static final Set<String> NO_COMPONENTS =
      Set.of(
          "clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

  private Names() {}

  /** What the directory calls the function, but for its version. */
  static String ofFunction(AnnotatedMethod method, TypeSystem system) {
    return method.name().isEmpty()
        ? system.elements().getBinaryName(method.declaring())
            + "#"
            + method.methodName()
            + method.element().getParameters().stream()
                .map(parameter -> system.binaryName(parameter.asType()))
                .collect(joining(",", "(", ")"))
        : method.name();
  }

  /** {@code Outer.Inner} becomes {@code Outer_InnerCached}. */
  static String wrapper(TypeElement declaring, Elements elements) {
    String qualified = declaring.getQualifiedName().toString();
    String packageName = elements.getPackageOf(declaring).getQualifiedName().toString();
    String inPackage =
        packageName.isEmpty() ? qualified : qualified.substring(packageName.length() + 1);
    return inPackage.replace('.', '_') + "Cached";
  }

  static TypeElement topLevel(TypeElement type) {
    TypeElement top = type;
    while (top.getEnclosingElement() instanceof TypeElement enclosing) {
      top = enclosing;
    }
    return top;
  }

  /** {@code locatePlace} becomes {@code LOCATE_PLACE}, {@code parseURL} {@code PARSE_URL}. */
  static String constant(String method) {
    return WORD_BORDER.matcher(method).replaceAll("_").toUpperCase(Locale.ROOT);
  }

  /** {@code locatePlace} and {@code LOCATE_PLACE} become {@code LocatePlace}. */
  static String upperCamel(String name) {
    boolean constant = name.equals(name.toUpperCase(Locale.ROOT));
    return Arrays.stream(name.split("_", -1))
        .map(word -> capitalized(constant ? word.toLowerCase(Locale.ROOT) : word))
        .collect(joining());
  }

  /** {@code LOCATE_PLACE} and {@code locatePlace} become {@code locatePlace}. */
  static String lowerCamel(String name) {
    String camel = upperCamel(name);
    return camel.substring(0, 1).toLowerCase(Locale.ROOT) + camel.substring(1);
  }

  /** What the wrapper calls the object that a method is called on: {@code point} for a Point. */
  static String receiver(AnnotatedMethod method) {
    String name = lowerCamel(method.declaring().getSimpleName().toString());
    boolean isTaken =
        !SourceVersion.isName(name)
            || NO_COMPONENTS.contains(name)
            || method.element().getParameters().stream()
                .anyMatch(parameter -> parameter.getSimpleName().contentEquals(name));
    return isTaken ? "receiver" : name;
  }

  private static String capitalized(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  /** The names of the record's components: the parameters' own, but for those that Java forbids. */
  static List<String> components(List<String> parameters) {
    return avoiding(NO_COMPONENTS, parameters);
  }

  /** The names, with underscores after those that are forbidden here. */
  static List<String> avoiding(Set<String> forbidden, List<String> names) {
    Set<String> taken = new HashSet<>(forbidden);
    taken.addAll(names);
    return names.stream()
        .map(name -> forbidden.contains(name) ? unused(name, taken) : name)
        .toList();
  }

  private static String unused(String name, Set<String> taken) {
    String free = name;
    while (taken.contains(free)) {
      free += "_";
    }
    return free;
  }

  /** A type as a person would write it, for messages. */
  static String simple(TypeMirror type) {
    String bare = ANNOTATION.matcher(type.toString()).replaceAll("");
    return QUALIFIER.matcher(bare).replaceAll("").replace(",", ", ").replace(",  ", ", ");
  }
}
