package dev.memo.codec;

/**
 * Of the example of {@link KeyEncoder}: neither record nor enum, so an encoder must say what
 * counts.
 */
public final class Isbn {
  private final String text;

  public Isbn(String text) {
    this.text = text;
  }

  public String digits() {
    return text.replace("-", "");
  }
}
