package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.codec.Sha256;
import dev.memo.failure.UncacheableArgumentException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters that are left out of the key, and such of which the key tells nothing. */
final class MarkedParametersTest {
  private static final String HIDDEN = "hunter2-hunter2";

  private record Ignoring(String text, @KeyIgnored @Nullable Object client) {}

  private record Hiding(String text, @Secret @Nullable Object key) {}

  private record Both(String text, @KeyIgnored @Secret @Nullable Object key) {}

  private record Plain(String text) {}

  private record PlainTwo(String text, @Nullable Object key) {}

  /** Written as a compact constructor, which has the marks as well. */
  private record Compact(String text, @Secret String key) {
    Compact {
      if (key.isEmpty()) {
        throw new IllegalArgumentException("no key");
      }
    }
  }

  private static final ArgumentsFormat<Ignoring> IGNORING =
      ArgumentsFormat.ofComponents(Ignoring.class);
  private static final ArgumentsFormat<Hiding> HIDING = ArgumentsFormat.ofComponents(Hiding.class);
  private static final ArgumentsFormat<Both> BOTH = ArgumentsFormat.ofComponents(Both.class);
  private static final ArgumentsFormat<Plain> PLAIN = ArgumentsFormat.ofComponents(Plain.class);

  /** Fails whatever is done with it. */
  private static final class Untouchable {
    @Override
    public boolean equals(@Nullable Object other) {
      throw new AssertionError("looked at");
    }

    @Override
    public int hashCode() {
      throw new AssertionError("looked at");
    }

    @Override
    public String toString() {
      throw new AssertionError("looked at");
    }
  }

  @Test
  @DisplayName("P2: calls that differ only in what is ignored are alike, and it is not looked at")
  void ignoredParametersDoNotCount() {
    assertThat(IGNORING.encode(new Ignoring("a", new Untouchable())))
        .isEqualTo(IGNORING.encode(new Ignoring("a", null)))
        .isEqualTo(BOTH.encode(new Both("a", new Untouchable())))
        .isEqualTo(PLAIN.encode(new Plain("a")));
    assertThat(IGNORING.encode(new Ignoring("a", 1)))
        .isNotEqualTo(IGNORING.encode(new Ignoring("b", 1)));
  }

  @Test
  @DisplayName("P2: calls with different secrets are different calls, of equal ones the same")
  void secretsCount() {
    assertThat(hiding(Map.of("a", List.of(1)))).isEqualTo(hiding(Map.of("a", List.of(1))));
    assertThat(hiding(HIDDEN)).isNotEqualTo(hiding(HIDDEN + "!"));
    assertThat(hiding(1)).isNotEqualTo(hiding(1L));
    assertThat(hiding(null)).isNotEqualTo(hiding("null"));
  }

  @Test
  void secretIsTheHashOfItsEncoding() {
    byte[] text = PLAIN.encode(new Plain("a"));
    byte[] secret = ArgumentsFormat.<Object>ofOne(Object.class).encode(HIDDEN);

    assertThat(hiding(HIDDEN))
        .isEqualTo(
            ByteBuffer.allocate(text.length + 33)
                .put(text)
                .put((byte) 0x1c)
                .put(Sha256.of(secret))
                .array());
    assertThat(
            ArgumentsFormat.<Compact>ofComponents(Compact.class).encode(new Compact("a", HIDDEN)))
        .isEqualTo(hiding(HIDDEN));
  }

  @Test
  void secretLargerThanTheBufferLeavesNothingBeforeOrBehindIt() {
    String large = HIDDEN.repeat(20_000);
    byte[] bytes = hiding(large);

    assertThat(bytes).hasSize(3 + 33);
    assertThat(hiding(large)).isEqualTo(bytes);
    assertThat(PLAIN.encode(new Plain("a"))).isEqualTo(new byte[] {0x0a, 1, 'a'});
  }

  @Test
  void argumentsDoNotStandForBytesWhereAnythingIsMarked() {
    record Marked(String text, @Secret String key) {}
    record MarkedIgnored(String text, @KeyIgnored String key) {}
    record Unmarked(String text, String key) {}

    assertThat(ArgumentsFormat.ofComponents(Unmarked.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofComponents(Marked.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofComponents(MarkedIgnored.class).equalsLikeBytes()).isFalse();
  }

  private static byte[] hiding(@Nullable Object secret) {
    return HIDING.encode(new Hiding("a", secret));
  }

  /** A map that tells its key and its value when it is read. */
  private static final class Telling extends AbstractMap<String, String> {
    @Override
    public Set<Entry<String, String>> entrySet() {
      throw new IllegalStateException("cannot read " + HIDDEN);
    }
  }

  private static final class TellingError extends AbstractMap<String, String> {
    @Override
    public Set<Entry<String, String>> entrySet() {
      throw new AssertionError("cannot read " + HIDDEN);
    }
  }

  /** Values in which something is refused, with the secret where a message could take it from. */
  static Stream<Object> refused() {
    Map<Object, Object> withKey = new LinkedHashMap<>();
    withKey.put(HIDDEN, new Object());
    List<Object> cycle = new ArrayList<>(List.of(HIDDEN));
    cycle.add(cycle);
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    return Stream.of(
        new Object() {
          @Override
          public String toString() {
            return HIDDEN;
          }
        },
        withKey,
        cycle,
        deep,
        new Telling(),
        new TellingError(),
        List.of(HIDDEN, new PlainTwo(HIDDEN, new Object())));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusalInsideASecretTellsNothingOfIt(Object secret) {
    assertThatThrownBy(() -> hiding(secret))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith(
            "argument.key: the value of the component key of " + Hiding.class.getName())
        .hasMessageContaining("has no canonical encoding")
        .hasNoCause()
        .satisfies(failure -> assertThat(failure.getSuppressed()).isEmpty())
        .satisfies(failure -> assertThat(printed(failure)).doesNotContain(HIDDEN));
  }

  @Test
  void withoutTheMarkARefusalTellsWhatWasRefused() { // twin: there is something to hide
    ArgumentsFormat<PlainTwo> plain = ArgumentsFormat.ofComponents(PlainTwo.class);

    assertThatThrownBy(() -> plain.encode(new PlainTwo("a", new Telling())))
        .satisfies(failure -> assertThat(printed(failure)).contains(HIDDEN));
    assertThatThrownBy(() -> plain.encode(new PlainTwo("a", new TellingError())))
        .satisfies(failure -> assertThat(printed(failure)).contains(HIDDEN));
  }

  private static String printed(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
