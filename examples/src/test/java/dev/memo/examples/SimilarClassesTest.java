package dev.memo.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.examples.SimilarityCached.DistanceArgs;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimilarClassesTest {
  private static final String VERSION = Runtime.version().toString();
  private static final ClassFile LIST = new ClassFile(VERSION, "java/util/List");
  private static final ClassFile HEAP_INTS = new ClassFile(VERSION, "java/nio/HeapIntBuffer");
  private static final ClassFile HEAP_LONGS = new ClassFile(VERSION, "java/nio/HeapLongBuffer");

  @Test
  void classesFromOneTemplateResembleEachOther() throws IOException {
    double twins = Similarity.distance(HEAP_INTS, HEAP_LONGS);
    double strangers = Similarity.distance(HEAP_INTS, LIST);
    assertThat(Similarity.distance(LIST, LIST)).isBetween(0.0, 0.1);
    assertThat(twins).isBetween(0.0, 0.5);
    assertThat(strangers).isBetween(0.6, 1.1);
  }

  @Test
  void partsCompressLikeTheWhole() {
    String text = "to be or not to be, that is the question";
    byte[] once = text.getBytes(US_ASCII);
    byte[] twice = text.repeat(2).getBytes(US_ASCII);
    assertThat(Similarity.compressedSize(once, once)).isEqualTo(Similarity.compressedSize(twice));
  }

  @Test
  void classOfAnotherJdkIsRefused() {
    assertThatThrownBy(() -> new ClassFile("1.2", "java/util/List").read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1.2");
  }

  @Test
  void asManyClassesAreListedAsAskedFor() throws IOException {
    assertThat(ClassFile.ofThisRuntime(500)).hasSize(500).doesNotHaveDuplicates();
    assertThat(ClassFile.ofThisRuntime(3)).isEqualTo(ClassFile.ofThisRuntime(5).subList(0, 3));
  }

  @Test
  void everyPairIsMadeOnce() {
    assertThat(SimilarClasses.pairs(List.of(LIST, HEAP_INTS, HEAP_LONGS)))
        .containsExactly(
            new DistanceArgs(LIST, HEAP_INTS),
            new DistanceArgs(LIST, HEAP_LONGS),
            new DistanceArgs(HEAP_INTS, HEAP_LONGS));
  }

  @Test
  void closestPairsComeFirstAndColumnsAreAligned() {
    List<DistanceArgs> pairs = SimilarClasses.pairs(List.of(LIST, HEAP_INTS, HEAP_LONGS));
    Table table = SimilarClasses.closest(pairs, List.of(0.9, 0.75, 0.1), 2);
    assertThat(table.toString().lines())
        .containsExactly(
            "  distance  closest pairs",
            "     0.100  java.nio.HeapIntBuffer  java.nio.HeapLongBuffer",
            "     0.750  java.util.List          java.nio.HeapLongBuffer");
  }

  @Test
  void progressCountsPairs() {
    assertThat(Progress.line(122_325, 244_650)).isEqualTo("122,325 of 244,650 pairs, 50 %");
    assertThat(Progress.line(0, 0)).isEqualTo("0 of 0 pairs, 0 %");
  }
}
