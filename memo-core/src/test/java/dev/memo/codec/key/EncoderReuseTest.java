package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.codec.type.Refusal;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Encoders are used again: nothing of one encoding may be left in the next. */
@DisplayName("P2: bytes do not depend on what was encoded before")
class EncoderReuseTest {
  private static final byte[] TRUE = {KeyTag.TRUE};

  private static byte[] encode(Object value) {
    return CanonicalEncoder.take().write(value).finish();
  }

  @Test
  void bytesOfAShortArgumentAreItsOwnAfterALongOne() {
    encode("x".repeat(1000));
    assertThat(encode(true)).isEqualTo(TRUE);
  }

  @Test
  void bytesAreRightAfterARefusal() {
    CanonicalEncoder refusing = CanonicalEncoder.take();
    assertThatThrownBy(() -> refusing.write(List.of("before", new Object())))
        .isInstanceOf(Refusal.class);
    assertThat(encode(true)).isEqualTo(TRUE);
  }

  @Test
  void anEncodingInsideAnotherHasAnEncoderOfItsOwn() {
    encode(true); // one is idle
    CanonicalEncoder outer = CanonicalEncoder.take();
    outer.write(true);
    assertThat(encode(false)).isEqualTo(new byte[] {KeyTag.FALSE});
    assertThat(outer.finish()).isEqualTo(TRUE);
  }
}
