package dev.memo.processor;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Whether the name of a wrapper is free. Remembers what was compiled and generated so far. */
final class WrapperNameCheck {

  /**
   * Types that are being compiled; one from a former run, on the class path, is in no one's way.
   */
  private final Set<String> sources = new HashSet<>();

  private final Map<String, TypeElement> wrappers = new HashMap<>();

  void addSources(Set<? extends Element> roots) {
    for (Element root : roots) {
      if (root instanceof TypeElement type) {
        sources.add(type.getQualifiedName().toString());
      }
    }
  }

  /** Whether it is a wrapper that was generated in this compilation. */
  boolean isWrapper(Element element) {
    return element instanceof TypeElement type
        && wrappers.containsKey(type.getQualifiedName().toString());
  }

  /** Why it is not free; without an answer it belongs to the class from now on. */
  Optional<Refusal> refusal(TypeElement declaring, Elements elements) {
    String simpleName = Names.wrapper(declaring, elements);
    String packageName = elements.getPackageOf(declaring).getQualifiedName().toString();
    String name = packageName.isEmpty() ? simpleName : packageName + "." + simpleName;
    TypeElement other = wrappers.putIfAbsent(name, declaring);
    if (other != null) {
      return Optional.of(
          refuse(declaring, name, "it is also the wrapper of " + other.getQualifiedName() + "."));
    }
    return sources.contains(name)
        ? Optional.of(refuse(declaring, name, "there is a class of that name already."))
        : Optional.empty();
  }

  private static Refusal refuse(TypeElement declaring, String name, String why) {
    return new Refusal(
        Refusal.Spot.of(declaring),
        declaring.getQualifiedName() + " cannot have a wrapper: its name would be " + name + ".",
        why,
        "rename one of the two.");
  }
}
