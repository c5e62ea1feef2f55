package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.KeyWriter;
import dev.memo.failure.UncacheableArgumentException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which encoder speaks for a class. */
final class KeyEncodersTest {

  /** A list that is more than its elements. */
  static class Basket extends ArrayList<Integer> {
    private static final long serialVersionUID = 1L;
    private final String owner;

    Basket(String owner) {
      this.owner = owner;
    }
  }

  /** Registered as a service. */
  public static final class BasketEncoder implements KeyEncoder<Basket> {
    @Override
    public Class<Basket> type() {
      return Basket.class;
    }

    @Override
    public void encode(Basket basket, KeyWriter out) {
      out.write(basket.owner);
      out.write(List.copyOf(basket));
    }
  }

  /** Has no encoder. */
  static final class Hamper extends Basket {
    private static final long serialVersionUID = 1L;

    Hamper(String owner) {
      super(owner);
    }
  }

  /** Has two. */
  static final class Torn {}

  /** Registered as a service. */
  public static class TornEncoder implements KeyEncoder<Torn> {
    @Override
    public Class<Torn> type() {
      return Torn.class;
    }

    @Override
    public void encode(Torn torn, KeyWriter out) {
      out.write(1);
    }
  }

  /** Registered as a service too. */
  public static final class OtherTornEncoder extends TornEncoder {}

  private static byte[] bytes(Object value) {
    return ArgumentsFormat.<Object>ofOne(Object.class).encode(value);
  }

  @Test
  @DisplayName("P2: an encoder counts for a list, which is then more than its elements")
  void encodersCountForLists() {
    assertThat(bytes(new Basket("a"))).isNotEqualTo(bytes(new Basket("b")));
  }

  @Test
  @DisplayName("P2: a subclass of a described list is not taken for a list")
  void subclassesOfDescribedListsAreRefused() {
    assertThatThrownBy(() -> bytes(new Hamper("a")))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("Hamper extends " + Basket.class.getName())
        .hasMessageContaining("KeyEncoder");
  }

  @Test
  @DisplayName("P2: no key depends on the order of services")
  void twoEncodersOfAClassAreRefused() {
    assertThatThrownBy(() -> bytes(new Torn()))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("two KeyEncoders")
        .hasMessageContaining("remove one");
  }

  @Test
  @DisplayName("P8: a list that cannot fit is refused before it is copied")
  void listsThatCannotFitAreNotCopied() {
    List<Integer> endless =
        new AbstractList<>() {
          @Override
          public Integer get(int index) {
            throw new AssertionError("copied");
          }

          @Override
          public int size() {
            return Integer.MAX_VALUE;
          }
        };
    assertThatThrownBy(() -> bytes(endless))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("elements take more than");
  }
}
