package dev.memo.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EncodedArgumentsTest {

  @Test
  @DisplayName("P7: the digest is the SHA-256 of all bytes, computed once")
  void digestIsComputedOnce() {
    byte[] bytes = "x".repeat(5000).getBytes(US_ASCII);
    EncodedArguments arguments = new EncodedArguments(bytes);
    byte[] digest = arguments.digest();
    assertThat(digest).isEqualTo(Sha256.of(bytes));
    assertThat(arguments.digest()).isSameAs(digest);
    assertThat(arguments.bytes()).isSameAs(bytes);
  }
}
