package dev.memo.codec;

/**
 * Gives arguments of a class of one's own a canonical encoding. Implementations are registered as
 * services: a line in {@code META-INF/services/dev.memo.codec.KeyEncoder}, found through the class
 * loader of {@link #type}.
 *
 * <p>Equal objects must write the same, different objects different things, in every JVM and at
 * every time: the encoding is part of stored keys. <b>Threads</b>: must be safe for use by many
 * threads.
 *
 * <pre>{@code
 * public final class IsbnEncoder implements KeyEncoder<Isbn> {
 *   @Override
 *   public Class<Isbn> type() {
 *     return Isbn.class;
 *   }
 *
 *   @Override
 *   public void encode(Isbn isbn, KeyWriter out) {
 *     out.write(isbn.digits()); // without the hyphens, which do not make two books of one
 *   }
 * }
 * }</pre>
 */
public interface KeyEncoder<T> {

  /**
   * The class that is encoded; its subclasses are not, except the bodies of an enum's constants.
   */
  Class<T> type();

  /** Writes what makes {@code value} equal or unequal to others. */
  void encode(T value, KeyWriter out);
}
