package dev.memo.processor;

import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.tools.Diagnostic;
import org.jspecify.annotations.Nullable;

/**
 * Why an element cannot be cached, in three lines.
 *
 * @param what what was refused
 * @param why what would go wrong
 * @param remedy what the author can do about it
 */
record Refusal(Spot spot, String what, String why, String remedy) {

  /** Where a compiler points: at an element, or at its annotation, or at a value in that. */
  record Spot(
      Element element, @Nullable AnnotationMirror annotation, @Nullable AnnotationValue value) {

    static Spot of(Element element) {
      return new Spot(element, null, null);
    }
  }

  void printTo(Messager messager, Diagnostic.Kind kind) {
    messager.printMessage(kind, message(), spot.element, spot.annotation, spot.value);
  }

  String message() {
    return what + "\n  Why: " + why + "\n  Remedy: " + remedy;
  }
}
