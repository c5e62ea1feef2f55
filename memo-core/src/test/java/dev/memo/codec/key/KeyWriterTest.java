package dev.memo.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.KeyWriter;
import dev.memo.failure.UncacheableArgumentException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What careless key encoders do with their writer. */
@Timeout(30)
class KeyWriterTest {
  private static final ArgumentsFormat<Object> ANY = ArgumentsFormat.ofOne(Object.class);
  private static final byte[] TRUE = {KeyTag.TRUE};

  /** A class of one's own whose encoder does what a test says. */
  private static final class Scripted {
    final Consumer<KeyWriter> script;

    Scripted(Consumer<KeyWriter> script) {
      this.script = script;
    }
  }

  /** Registered as a service. */
  public static final class ScriptedEncoder implements KeyEncoder<Scripted> {
    @Override
    public Class<Scripted> type() {
      return Scripted.class;
    }

    @Override
    public void encode(Scripted scripted, KeyWriter out) {
      scripted.script.accept(out);
    }
  }

  private static byte[] bytes(Consumer<KeyWriter> script) {
    return ANY.encode(new Scripted(script));
  }

  private static void swallow(Runnable action) {
    assertThat(catchThrowable(action::run)).isNotNull();
  }

  @Test
  @DisplayName("P2: a writer that was kept does not write into the key of another call")
  void writerThatWasKeptWritesNothing() {
    AtomicReference<KeyWriter> kept = new AtomicReference<>();
    bytes(kept::set);
    byte[] other =
        bytes(
            out -> {
              assertThatThrownBy(() -> kept.get().write("stray"))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("before encode returns");
              out.write("x");
            });
    assertThat(other).isEqualTo(bytes(out -> out.write("x")));
    swallow(() -> kept.get().write("stray"));
    assertThat(ANY.encode(true)).isEqualTo(TRUE);
  }

  @Test
  @DisplayName("P2: a writer is not for other threads, whose parts might come later")
  void writerIsNotForOtherThreads() {
    assertThatThrownBy(
            () ->
                bytes(
                    out ->
                        CompletableFuture.runAsync(() -> out.write("x"))
                            .orTimeout(20, TimeUnit.SECONDS)
                            .join()))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("in its own thread");
  }

  @Test
  @DisplayName("P2: a refusal that an encoder swallows is one all the same, with its path")
  void swallowedRefusalIsARefusal() {
    for (Object refused : List.of(new Object(), List.of("before", new Object()))) {
      Consumer<KeyWriter> careless = out -> swallow(() -> out.write(refused));
      assertThatThrownBy(() -> bytes(careless)).isInstanceOf(UncacheableArgumentException.class);
      assertThatThrownBy(() -> bytes(out -> swallow(() -> out.write(new Scripted(careless)))))
          .as("by the encoder of the part and by that of the whole")
          .isInstanceOf(UncacheableArgumentException.class);
      assertThatThrownBy(() -> ANY.encode(List.of(1, new Scripted(careless))))
          .isInstanceOf(UncacheableArgumentException.class)
          .hasMessageContaining("argument[1]");
      assertThat(ANY.encode(true)).isEqualTo(TRUE);
    }
  }

  @Test
  @DisplayName("P2: what is written after a swallowed refusal does not make it a key")
  void writingGoesOnAfterARefusalForNothing() {
    assertThatThrownBy(
            () ->
                bytes(
                    out -> {
                      swallow(() -> out.write(new Object()));
                      swallow(() -> out.write("instead"));
                    }))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageContaining("java.lang.Object has no canonical encoding");
  }

  @Test
  void withoutAWriterThatClosesAKeptOneWritesIntoTheNextKey() {
    CanonicalEncoder kept = CanonicalEncoder.take();
    kept.finish();
    kept.write("stray");
    assertThat(ANY.encode(true)).as("wrong").isNotEqualTo(TRUE);
  }

  @Test
  void withoutAWriterThatRemembersHalfAPartIsInTheKey() {
    CanonicalEncoder careless = CanonicalEncoder.take();
    swallow(() -> careless.write(List.of("before", new Object())));
    assertThat(careless.buffer.size()).as("wrong").isPositive();
  }
}
