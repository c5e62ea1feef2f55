package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.call.MissReason;
import dev.memo.codec.Codec;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import dev.memo.parallel.Parallel;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Methods and functions that return futures, as users declare them: which types, and what stays.
 */
@SuppressWarnings("try") // bindings are for their end only
final class FutureResultsTest {
  private static final String DIRECTORY = "future-results.memo";
  private static final long PATIENCE_SECONDS = 60;
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final Path folder;

  FutureResultsTest(@TempDir Path folder) {
    this.folder = folder;
    RUNS.set(0);
  }

  /** What users annotate. */
  static final class Service {
    private Service() {}

    static CompletableFuture<Optional<String>> find(Integer id) {
      RUNS.incrementAndGet();
      return CompletableFuture.completedFuture(
          id == 0 ? null : Optional.of("found " + id).filter(found -> id > 1));
    }

    static CompletionStage<List<String>> list(Integer id) throws IOException {
      RUNS.incrementAndGet();
      if (id < 0) {
        throw new IOException("there is no " + id);
      }
      return CompletableFuture.completedStage(List.of("item " + id));
    }

    static CompletableFuture<? extends Integer> length(String text) {
      RUNS.incrementAndGet();
      return CompletableFuture.completedFuture(text.length());
    }

    @SuppressWarnings("rawtypes") // for the test
    static CompletableFuture raw(Integer id) {
      return CompletableFuture.completedFuture(id);
    }

    static Future<Integer> future(Integer id) {
      return CompletableFuture.completedFuture(id);
    }
  }

  private static CachedFunction<
          Integer, CompletableFuture<@Nullable Optional<String>>, RuntimeException>
      find() {
    return CachedMethod.in(DIRECTORY, Service.class, "find", Integer.class).calls(Service::find);
  }

  private static CachedFunction<Integer, CompletionStage<List<String>>, IOException> list() {
    return CachedMethod.in(DIRECTORY, Service.class, "list", Integer.class).calls(Service::list);
  }

  private Binding bind() {
    return Memo.bind(DIRECTORY, folder.resolve("d"));
  }

  private static <V extends @Nullable Object> V get(CompletionStage<V> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void nullAndEmptyAndPresentStayWhatTheyAre() throws Exception {
    try (Binding bound = bind()) {
      assertThat(get(find().call(0))).isNull();
      assertThat(get(find().call(1))).isEmpty();
      assertThat(get(find().call(2))).contains("found 2");
    }
    try (Binding bound = bind()) { // as another run of the program
      assertThat(find().call(0)).isCompletedWithValue(null);
      assertThat(find().call(1)).isCompletedWithValue(Optional.empty());
      assertThat(find().call(2)).isCompletedWithValue(Optional.of("found 2"));
    }
    assertThat(RUNS).hasValue(3);
  }

  @Test
  void stageIsStoredLikeAFuture() throws Exception {
    try (Binding bound = bind()) {
      assertThat(get(list().call(1))).containsExactly("item 1");
      assertThat(list().call(1).toCompletableFuture()).isCompletedWithValue(List.of("item 1"));
      assertThat(get(list().peek(1).value())).containsExactly("item 1");
      list().put(2, CompletableFuture.completedStage(List.of("put")));
      assertThat(get(list().call(2))).containsExactly("put");
      assertThatThrownBy(() -> list().call(-1))
          .isInstanceOf(IOException.class)
          .hasMessage("there is no -1");
      list().invalidateAll();
      assertThat(list().isCached(1)).isFalse();
    }
    assertThat(RUNS).hasValue(2);
  }

  @Test
  void wildcardStandsForItsBound() throws Exception {
    try (Binding bound = bind()) {
      CachedFunction<String, CompletableFuture<? extends Integer>, RuntimeException> length =
          CachedMethod.in(DIRECTORY, Service.class, "length", String.class).calls(Service::length);
      assertThat(get(length.call("three"))).isEqualTo(5);
      assertThat(get(length.call("three"))).isEqualTo(5);
    }
    assertThat(RUNS).hasValue(1);
  }

  @Test
  void codecWritesWhatTheFutureCompletesWith() throws Exception {
    try (Binding bound = bind()) {
      CachedFunction<Integer, CompletionStage<List<String>>, IOException> json =
          CachedMethod.in(DIRECTORY, Service.class, "list", Integer.class)
              .codec(JsonCodec.class)
              .calls(Service::list);
      assertThat(get(json.call(1))).containsExactly("item 1");
      assertThat(get(json.call(1))).containsExactly("item 1");
    }
    assertThat(RUNS).hasValue(1);
  }

  @Test
  @SuppressWarnings({"rawtypes", "unchecked"}) // for the test
  void futureOfNothingAndAnyOtherFutureAreRefused() {
    try (Binding bound = bind()) {
      CachedFunction<Integer, CompletableFuture, RuntimeException> raw =
          CachedMethod.in(DIRECTORY, Service.class, "raw", Integer.class).calls(Service::raw);
      CachedFunction<Integer, Future<Integer>, RuntimeException> future =
          CachedMethod.in(DIRECTORY, Service.class, "future", Integer.class).calls(Service::future);

      assertThatThrownBy(() -> raw.call(1))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("completes with");
      assertThatThrownBy(() -> future.call(1))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("Future");
    }
  }

  @Test
  void functionMayReturnFuturesToo() throws Exception {
    try (Memo memo = Memo.open(folder.resolve("d"))) {
      CachedFunction<Integer, CompletableFuture<Integer>, RuntimeException> square = square(memo);
      assertThat(get(square.call(7))).isEqualTo(49);
      assertThat(square.call(7)).isCompletedWithValue(49);
      List<CompletableFuture<Integer>> batch =
          Parallel.map(square, IntStream.range(0, 50).boxed().toList(), 4);
      for (int n = 0; n < 50; n++) {
        assertThat(get(batch.get(n))).isEqualTo(n * n);
      }
      assertThat(get(square.<String>with(Integer::parseInt).call("8"))).isEqualTo(64);
    }
    assertThat(RUNS).hasValue(50);
  }

  private static CachedFunction<Integer, CompletableFuture<Integer>, RuntimeException> square(
      Memo memo) {
    return memo.function(
        "square",
        "1",
        Integer.class,
        new TypeRef<CompletableFuture<Integer>>() {},
        n ->
            CompletableFuture.supplyAsync(
                () -> {
                  RUNS.incrementAndGet();
                  return n * n;
                }));
  }

  @Test
  void codecOfFuturesIsRefused() {
    TypeRef<CompletableFuture<Integer>> type = new TypeRef<>() {};
    Codec<CompletableFuture<Integer>> codec =
        new Codec<>() {
          @Override
          public String id() {
            return "of-futures";
          }

          @Override
          public byte[] encode(CompletableFuture<Integer> value) {
            return new byte[0];
          }

          @Override
          public CompletableFuture<Integer> decode(byte[] bytes) {
            return new CompletableFuture<>();
          }
        };
    try (Memo memo = Memo.open(folder.resolve("d"))) {
      FunctionBuilder<Integer, CompletableFuture<Integer>> builder =
          memo.function("coded", "1", TypeRef.of(Integer.class), type).codec(codec);
      assertThatThrownBy(() -> builder.calls(CompletableFuture::completedFuture))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("coded")
          .hasMessageContaining("of-futures");
    }
  }

  /** A change of a method from the value to a future of it loses nothing. */
  @Test
  void valueAndFutureOfItAreStoredAlike() throws Exception {
    try (Memo memo = Memo.open(folder.resolve("d"))) {
      int value = memo.function("square", "1", Integer.class, Integer.class, n -> n * n).call(7);
      assertThat(square(memo).call(7)).isCompletedWithValue(value);
    }
  }

  @Test
  @Tag("heavy")
  @DisplayName("P3: when a caller's future has completed, its result survives a kill")
  void completedResultSurvivesAKill() throws Exception {
    Path directory = folder.resolve("d");
    for (int round = 0; round < 3; round++) {
      try (ChildJvm child = ChildJvm.of(Caller.class, directory, round).start()) {
        child.awaitLine("completed " + round);
        // it killed itself before anything else could happen
        assertThat(child.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.process().exitValue()).isNotZero();
      }
      try (Memo memo = Memo.open(directory)) {
        for (int n = 0; n <= round; n++) {
          assertThat(square(memo).call(n)).isCompletedWithValue(n * n);
        }
      }
    }
    assertThat(RUNS).hasValue(0);
  }

  /** Ends, as by a kill, on the very thread that completes its future. */
  static final class Caller {
    private Caller() {}

    public static void main(String[] arguments) throws Exception {
      Memo memo = Memo.open(Path.of(arguments[0]));
      int n = Integer.parseInt(arguments[1]);
      CompletableFuture<Void> ended =
          square(memo)
              .call(n)
              .thenAccept(
                  value -> {
                    System.out.println("completed " + n);
                    System.out.flush();
                    Runtime.getRuntime().halt(1);
                  });
      ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS); // never: the process has ended by then
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Tag("heavy")
  @DisplayName("P4: a claim on what never completes ends with its process")
  void claimOfAnEndlessRunEndsWithItsProcess(boolean leading) throws Exception {
    Path directory = folder.resolve("d");
    Memo first = leading ? Memo.open(directory) : null;
    try (ChildJvm child = ChildJvm.of(Endless.class, directory).start()) {
      child.awaitLine("running");
      try (Memo memo = first != null ? first : Memo.open(directory)) {
        CompletableFuture<Integer> waiter =
            endless(memo, CompletableFuture.completedFuture(7)).call(1);
        assertThat(waiter).isNotDone();
        assertThat(memo.stats().total().computations()).isZero();
        List<String> unused = child.kill();

        assertThat(get(waiter)).isEqualTo(7);
        assertThat(memo.stats().total().missesByReason()).containsEntry(MissReason.MAX_WAIT, 0L);
      }
    }
  }

  private static CachedFunction<Integer, CompletableFuture<Integer>, RuntimeException> endless(
      Memo memo, CompletableFuture<Integer> run) {
    return memo.function(
            "endless", "1", TypeRef.of(Integer.class), new TypeRef<CompletableFuture<Integer>>() {})
        .capturesNothing()
        .calls(n -> run);
  }

  /** Computes without an end. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) throws Exception {
      Memo memo = Memo.open(Path.of(arguments[0]));
      CompletableFuture<Integer> run = endless(memo, new CompletableFuture<>()).call(1);
      System.out.println("running");
      int unused = run.get();
    }
  }
}
