package dev.memo.codec;

/** The example of {@link KeyEncoder}, registered as a service. */
public final class IsbnEncoder implements KeyEncoder<Isbn> {
  @Override
  public Class<Isbn> type() {
    return Isbn.class;
  }

  @Override
  public void encode(Isbn isbn, KeyWriter out) {
    out.write(isbn.digits()); // without the hyphens, which do not make two books of one
  }
}
