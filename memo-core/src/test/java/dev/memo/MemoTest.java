package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.codec.TypeRef;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.DirectoryException;
import dev.memo.store.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // bindings are for their end only
class MemoTest {
  private static final AtomicInteger RUNS = new AtomicInteger();

  /** What the processor would generate for {@link Slow#length}. */
  private static CachedFunction<String, Integer, RuntimeException> wrapper(String directory) {
    return CachedMethod.in(directory, Slow.class, "length", String.class).calls(Slow::length);
  }

  private static final class Slow {
    static int length(String text) {
      RUNS.incrementAndGet();
      return text.length();
    }
  }

  @TempDir Path folder;

  private static CachedFunction<String, Integer, RuntimeException> counting(Memo memo) {
    return memo.function("counting", "1", TypeRef.of(String.class), TypeRef.of(Integer.class))
        .capturesNothing()
        .calls(text -> RUNS.incrementAndGet());
  }

  @Test
  void realDirectoryIsOpenOnceByWhicheverPath() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real.memo"));
    Path link = Files.createSymbolicLink(folder.resolve("link.memo"), real);
    Path dotted = folder.resolve("./other/../real.memo");
    Files.createDirectory(folder.resolve("other"));

    try (Memo byName = Memo.open(real);
        Memo byLink = Memo.open(link);
        Memo byDots = Memo.open(dotted)) {
      int value = counting(byName).call("x");

      assertThat(counting(byLink).call("x")).isEqualTo(value);
      assertThat(counting(byDots).call("x")).isEqualTo(value);
      assertThat(byLink.directory()).isEqualTo(byName.directory()).isEqualTo(real.toRealPath());
    }
  }

  @Test
  void dotsBehindALinkGoUpFromWhereItLeads() throws IOException {
    Path release = Files.createDirectories(folder.resolve("releases/7"));
    Path apps = Files.createDirectory(folder.resolve("apps"));
    Path current = Files.createSymbolicLink(apps.resolve("current"), release);

    try (Memo beside = Memo.open(current.resolve("../shared.memo"));
        Memo byName = Memo.open(folder.resolve("releases/shared.memo"));
        Memo other = Memo.open(apps.resolve("shared.memo"))) {
      assertThat(beside.directory())
          .isEqualTo(byName.directory())
          .isEqualTo(folder.toRealPath().resolve("releases/shared.memo"));
      assertThat(other.directory()).isEqualTo(folder.toRealPath().resolve("apps/shared.memo"));
      int value = counting(beside).call("x");
      assertThat(counting(byName).call("x")).isEqualTo(value);
      assertThat(counting(other).call("x")).isNotEqualTo(value);
    }
  }

  @Test
  void closingOneMemoLeavesTheOthersOpen() {
    Memo first = Memo.open(folder.resolve("shared.memo"));
    Memo second = Memo.open(folder.resolve("shared.memo"));
    CachedFunction<String, Integer, RuntimeException> ofFirst = counting(first);
    CachedFunction<String, Integer, RuntimeException> ofSecond = counting(second);

    first.close();
    first.close();

    assertThatThrownBy(() -> ofFirst.call("x"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shared.memo");
    assertThatThrownBy(() -> first.function("late", "1", String.class, String.class, text -> text))
        .isInstanceOf(IllegalStateException.class);
    assertThatCode(() -> ofSecond.call("x")).doesNotThrowAnyException();
    second.close();
    assertThatThrownBy(() -> ofSecond.call("x")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatWasCountedCanBeReadAfterTheClose() {
    Memo memo = Memo.open(folder.resolve("counted.memo"));
    CachedFunction<String, Integer, RuntimeException> function = counting(memo);
    int unused = function.call("x");
    memo.close();

    assertThat(function.stats().computations()).isEqualTo(1);
    assertThat(memo.stats().total()).isEqualTo(function.stats());
  }

  @Test
  void directoryCanBeOpenedAgainAfterTheLastClose() {
    int value;
    try (Memo memo = Memo.open(folder.resolve("again.memo"))) {
      value = counting(memo).call("x");
    }

    try (Memo memo = Memo.open(folder.resolve("again.memo"))) {
      assertThat(counting(memo).call("x")).isEqualTo(value);
    }
  }

  @Test
  void otherSettingsThanTheOpenOnesAreRefused() {
    Path path = folder.resolve("settings.memo");
    try (Memo durable = Memo.at(path).durability(Durability.POWER_LOSS).open();
        Memo any = Memo.open(path)) {
      assertThat(any.directory()).isEqualTo(durable.directory());
      assertThatThrownBy(() -> Memo.at(path).durability(Durability.PROCESS_CRASH).open())
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining("POWER_LOSS")
          .hasMessageContaining("PROCESS_CRASH");
    }
  }

  @Test
  void bindingRedirectsWrappersAndUndoesThatOnClose() {
    CachedFunction<String, Integer, RuntimeException> length = wrapper("bound.memo");
    Path one = folder.resolve("one.memo");
    Path other = folder.resolve("other.memo");

    RUNS.set(0);
    try (Binding outer = Memo.bind("bound.memo", one)) {
      length.call("text");
      try (Binding inner = Memo.bind("bound.memo", other)) {
        length.call("text");
        length.call("text");
        assertThat(RUNS).hasValue(2);
      }
      length.call("text");
      assertThat(RUNS).as("back in the first directory").hasValue(2);
    }
    try (Memo memo = Memo.open(other)) {
      assertThat(memo.stats().functions()).isEmpty();
    }
    try (Binding again = Memo.bind("bound.memo", other)) {
      length.call("text");
      assertThat(RUNS).as("found on disk").hasValue(2);
    }
  }

  @Test
  void bindingClosedOutOfOrderLeavesTheLastOneInForce() {
    CachedFunction<String, Integer, RuntimeException> length = wrapper("order.memo");
    Binding first = Memo.bind("order.memo", folder.resolve("first.memo"));
    Binding second = Memo.bind("order.memo", folder.resolve("second.memo"));
    length.call("text");

    first.close();
    RUNS.set(0);
    length.call("text");

    assertThat(RUNS).hasValue(0);
    second.close();
    second.close();
  }

  @Test
  @DisplayName("P4: a call under way when its directory closes returns its value")
  void callUnderWayReturnsItsValueWhenTheDirectoryCloses() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Memo memo = Memo.open(folder.resolve("closing.memo"));
    CachedFunction<Integer, Integer, InterruptedException> slow =
        memo.function("slow", "1", TypeRef.of(Integer.class), TypeRef.of(Integer.class))
            .capturesNothing()
            .calls(
                n -> {
                  running.countDown();
                  assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
                  return n + 1;
                });
    Future<Integer> call = threads.submit(() -> slow.call(1));
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

    memo.close();
    closed.countDown();

    assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    threads.shutdown();
  }

  @Test
  @DisplayName("P4: a wrapper whose directory cannot be opened says so at each call until it can")
  void wrapperTriesAgainToOpenItsDirectory() throws IOException {
    Path path = folder.resolve("blocked.memo");
    Files.writeString(path, "a file where the directory should be");
    CachedFunction<String, Integer, RuntimeException> length = wrapper("blocked.memo");
    try (Binding binding = Memo.bind("blocked.memo", path)) {
      assertThatThrownBy(() -> length.call("text"))
          .isInstanceOf(DirectoryException.class)
          .hasMessageContaining(path.toString());
      assertThatThrownBy(() -> length.call("text")).isInstanceOf(DirectoryException.class);
      assertThat(path).hasContent("a file where the directory should be");

      Files.delete(path);

      assertThat(length.call("text")).isEqualTo(4);
    }
  }

  @Test
  void identityOfAMethodNamesItsErasedParameters() {
    assertThat(wrapper("id.memo").id())
        .isEqualTo("dev.memo.MemoTest$Slow#length(java.lang.String)");
  }

  @Test
  @DisplayName("P4: while the JVM shuts down, cached calls compute")
  void cachedCallsComputeDuringShutdown() throws Exception {
    assertThat(outputOf(ShutdownMain.class)).contains("before: 4", "during: 6");
  }

  @Test
  @DisplayName("P4: while the JVM shuts down, a wrapper that was never called computes too")
  void firstCallOfAWrapperDuringShutdownComputes() throws Exception {
    assertThat(outputOf(LateWrapperMain.class)).contains("before: 4", "late: 6");
  }

  @Test
  @DisplayName("P4: where memo is used for the first time during the shutdown, calls compute")
  void firstUseOfMemoDuringShutdownComputes() throws Exception {
    assertThat(outputOf(LateMemoMain.class)).contains("late: 6");
  }

  private String outputOf(Class<?> main) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                folder.resolve("shutdown.memo").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);

    assertThat(child.waitFor()).as(output).isZero();
    return output;
  }

  private static void atShutdown(Runnable work) {
    Runtime.getRuntime().addShutdownHook(new Thread(work));
  }

  private static void awaitShutdown() {
    while (!Directories.isShuttingDown()) {
      Thread.onSpinWait();
    }
  }

  /** Calls a wrapper before and during the shutdown of its JVM. */
  static final class ShutdownMain {
    public static void main(String... args) {
      CachedFunction<String, Integer, RuntimeException> length = wrapper("shutdown.memo");
      Memo.bind("shutdown.memo", Path.of(args[0]));
      System.out.println("before: " + length.call("text"));
      atShutdown(
          () -> {
            awaitShutdown();
            System.out.println("during: " + length.call("longer"));
          });
    }
  }

  /** Calls a wrapper for the first time when its directory was closed by the shutdown. */
  static final class LateWrapperMain {
    public static void main(String... args) {
      CachedFunction<String, Integer, RuntimeException> early = wrapper("shutdown.memo");
      CachedFunction<String, Integer, RuntimeException> late = wrapper("shutdown.memo");
      Memo.bind("shutdown.memo", Path.of(args[0]));
      System.out.println("before: " + early.call("text"));
      atShutdown(
          () -> {
            awaitShutdown();
            awaitClosed(early);
            System.out.println("late: " + late.call("longer"));
          });
    }

    private static void awaitClosed(CachedFunction<String, Integer, RuntimeException> function) {
      try {
        while (true) {
          function.invalidate("text");
        }
      } catch (DirectoryClosedException e) {
        System.out.println("closed: " + e.getMessage());
      }
    }
  }

  /** Does nothing with memo before the shutdown of its JVM. */
  static final class LateMemoMain {
    public static void main(String... args) {
      atShutdown(
          () -> {
            CachedFunction<String, Integer, RuntimeException> late = wrapper("shutdown.memo");
            Memo.bind("shutdown.memo", Path.of(args[0]));
            System.out.println("late: " + late.call("longer"));
          });
    }
  }
}
