package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.call.FunctionStats;
import dev.memo.parallel.Parallel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Batches of calls of instance methods, which are looked up in bulk whatever the receivers are. */
@Timeout(60)
@SuppressWarnings("UnusedMethod") // memo finds it by name
final class BulkReceiversTest {
  private static final String DIRECTORY = "bulk-receivers.memo";
  private static final AtomicInteger RUNS = new AtomicInteger();

  private static final CachedMethod AREA =
      CachedMethod.in(DIRECTORY, Shape.class, "area").receiver().withReceiverClass();

  /** The receiver is the argument. */
  private static final CachedFunction<Shape, Integer, RuntimeException> AREA_OF =
      AREA.calls(Shape::area);

  private static final InstanceMethod SCALED =
      CachedMethod.in(DIRECTORY, Shape.class, "scaled", int.class)
          .receiver()
          .withReceiverClass()
          .ofInstances();

  private final Binding binding;

  BulkReceiversTest(@TempDir Path folder) {
    binding = Memo.bind(DIRECTORY, folder.resolve("d.memo"));
    RUNS.set(0);
  }

  @AfterEach
  void close() {
    binding.close();
  }

  private interface Shape {
    int area();

    int scaled(int factor);
  }

  private record Square(int side) implements Shape {
    @Override
    public int area() {
      RUNS.incrementAndGet();
      return side * side;
    }

    @Override
    public int scaled(int factor) {
      return area() * factor;
    }
  }

  private record Strip(int side) implements Shape {
    @Override
    public int area() {
      RUNS.incrementAndGet();
      return side;
    }

    @Override
    public int scaled(int factor) {
      return area() * factor;
    }
  }

  @Test
  void receiversOfSeveralClassesMayBeInOneBatch() {
    List<Shape> shapes = new ArrayList<>();
    List<Integer> areas = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int side = i / 4; // each twice
      shapes.add(i % 2 == 0 ? new Square(side) : new Strip(side));
      areas.add(i % 2 == 0 ? side * side : side);
    }
    for (int batch = 0; batch < 2; batch++) {
      assertThat(Parallel.map(AREA_OF, shapes, 3)).isEqualTo(areas);
      assertThat(RUNS).hasValue(300);
    }
    FunctionStats stats = AREA_OF.stats();
    assertThat(stats.calls()).isEqualTo(1200).isEqualTo(stats.hits() + stats.misses());
  }

  @Test
  void aHandleOfOneObjectMayBeUsedInABatch() {
    Square square = new Square(2);
    CachedFunction<Integer, Integer, RuntimeException> scaled = SCALED.on(square, square::scaled);
    List<Integer> factors = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      factors.add(i);
      expected.add(4 * i);
    }
    for (int batch = 0; batch < 2; batch++) {
      assertThat(Parallel.map(scaled, factors, 3)).isEqualTo(expected);
      assertThat(RUNS).hasValue(300);
    }
    assertThat(scaled.stats().hits()).isEqualTo(300);
  }
}
