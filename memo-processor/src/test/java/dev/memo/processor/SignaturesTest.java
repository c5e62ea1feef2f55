package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** Signatures drawn at random; the seed is fixed, and part of every failure. */
class SignaturesTest {
  static final long SEED = 20_261_120;
  private static final int METHODS_IN_A_CLASS = 25;

  static int signatures() {
    return System.getProperty("memo.test.size", "default").equals("soak") ? 6_000 : 300;
  }

  static Compilation compile(int signatures) {
    SignatureSource source = new SignatureSource(SEED);
    List<JavaFileObject> sources = new ArrayList<>(SignatureSource.support());
    for (int i = 0; i < signatures / METHODS_IN_A_CLASS; i++) {
      sources.add(source.next(METHODS_IN_A_CLASS));
    }
    return Sources.compile(sources, Sources.STRICT, new CachedProcessor(), new NullnessProcessor());
  }

  @Test
  void wrappersOfAnySignatureCompileWithoutWarning() {
    Compilation compilation = compile(signatures());

    assertThat(compilation.diagnostics()).as("seed %s", SEED).isEmpty();
    assertThat(Sources.generated(compilation))
        .as("one for each class, one for its nested interface")
        .hasSize(2 * signatures() / METHODS_IN_A_CLASS);
  }
}
