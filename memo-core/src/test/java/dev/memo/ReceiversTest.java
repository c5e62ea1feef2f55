package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.call.CachedFunction;
import dev.memo.call.CodeFingerprint;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.HitSource;
import dev.memo.call.Lookup;
import dev.memo.call.ThrowingFunction;
import dev.memo.claims.CallKey;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.key.ReceiverFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.UncacheableArgumentException;
import dev.memo.store.Durability;
import dev.memo.store.Family;
import dev.memo.store.RocksStore;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instance methods: whose results a call on an object finds, and whose it never does. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // memo reads the members
final class ReceiversTest {
  private static final String DIRECTORY = "receivers.memo";
  private static final AtomicInteger RUNS = new AtomicInteger();

  private static final InstanceMethod LOCATE =
      CachedMethod.in(DIRECTORY, Geocoder.class, "locate", String.class)
          .identifiedBy("region", "model()")
          .ofInstances();
  private static final InstanceMethod BETWEEN =
      CachedMethod.in(DIRECTORY, Geocoder.class, "between", String.class, String.class)
          .identifiedBy("region")
          .ofInstances();
  private static final InstanceMethod TRANSLATE =
      CachedMethod.in(DIRECTORY, Translator.class, "translate", String.class)
          .identifiedBy("id()")
          .withReceiverClass()
          .ofInstances();
  private static final InstanceMethod TRANSLATE_IGNORING =
      CachedMethod.in(DIRECTORY, Translator.class, "translate", String.class)
          .name("ignoring")
          .ignoringReceiver()
          .ofInstances();

  private final Path path;
  private final Binding binding;

  ReceiversTest(@TempDir Path folder) {
    path = folder.resolve("d.memo");
    binding = Memo.bind(DIRECTORY, path);
    RUNS.set(0);
  }

  @AfterEach
  void close() {
    binding.close();
  }

  /** A class that a wrapper would extend. */
  private static class Geocoder {
    private final String region;
    private String model;
    private final Object client = new Object();

    Geocoder(String region, String model) {
      this.region = region;
      this.model = model;
    }

    String model() {
      if (model.isEmpty()) {
        throw new IllegalStateException("not connected");
      }
      return model;
    }

    String locate(String address) {
      assertThat(client).isNotNull();
      return region + "/" + model + ": " + address + " " + RUNS.incrementAndGet();
    }

    String between(String from, String to) {
      return region + ": " + from + "-" + to + " " + RUNS.incrementAndGet();
    }
  }

  private record BetweenArgs(String from, String to) {}

  private static CachedFunction<String, String, RuntimeException> locate(Geocoder geocoder) {
    return LOCATE.on(geocoder, geocoder::locate);
  }

  private static CachedFunction<BetweenArgs, String, RuntimeException> between(Geocoder geocoder) {
    return BETWEEN.on(
        geocoder, BetweenArgs.class, args -> geocoder.between(args.from(), args.to()));
  }

  private interface Translator {
    String id();

    String translate(String text);
  }

  private record Slow(String id) implements Translator {
    @Override
    public String translate(String text) {
      return "slow " + text + " " + RUNS.incrementAndGet();
    }
  }

  private record Fast(String id) implements Translator {
    @Override
    public String translate(String text) {
      return "fast " + text + " " + RUNS.incrementAndGet();
    }
  }

  private static CachedFunction<String, String, RuntimeException> translate(Translator delegate) {
    return TRANSLATE.on(delegate, delegate::translate);
  }

  @Test
  @DisplayName("P1: objects with equal identities share results, on disk and in memory")
  void equalReceiversShare() {
    String first = locate(new Geocoder("eu", "m1")).call("a");

    CachedFunction<String, String, RuntimeException> other = locate(new Geocoder("eu", "m1"));
    assertThat(other.call("a")).isEqualTo(first);
    assertThat(other.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
    assertThat(RUNS).hasValue(1);
  }

  @Test
  @DisplayName("P1: calls on two objects with equal identities meet in one computation")
  void callsOnEqualReceiversMeet() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ThrowingFunction<String, String, InterruptedException> slow =
        address -> {
          begun.countDown();
          assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
          return address + RUNS.incrementAndGet();
        };
    FutureTask<String> first =
        new FutureTask<>(() -> LOCATE.on(new Geocoder("eu", "m1"), slow).call("a"));
    FutureTask<String> second =
        new FutureTask<>(() -> LOCATE.on(new Geocoder("eu", "m1"), slow).call("a"));
    new Thread(first).start();
    assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    Thread follower = new Thread(second);
    follower.start();

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isWaiting(follower) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(isWaiting(follower)).isTrue();
    go.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("a1");
    assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo("a1");
    assertThat(RUNS).hasValue(1);
  }

  private static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  @Test
  @DisplayName("P2: objects that differ in any part of their identity never share")
  void differentReceiversNeverShare() {
    String first = locate(new Geocoder("eu", "m1")).call("a");

    assertThat(locate(new Geocoder("us", "m1")).call("a")).isNotEqualTo(first);
    assertThat(locate(new Geocoder("eu", "m2")).call("a")).isNotEqualTo(first);
    assertThat(locate(new Geocoder("m1", "eu")).call("a")).isNotEqualTo(first);
    assertThat(locate(new Geocoder("eu", "m1")).call("b")).isNotEqualTo(first);
    assertThat(RUNS).hasValue(5);
  }

  @Test
  void severalParametersAreARecord() {
    String first = between(new Geocoder("eu", "m1")).call(new BetweenArgs("a", "b"));

    assertThat(between(new Geocoder("eu", "m2")).call(new BetweenArgs("a", "b"))).isEqualTo(first);
    assertThat(between(new Geocoder("us", "m1")).call(new BetweenArgs("a", "b")))
        .isNotEqualTo(first);
    assertThat(between(new Geocoder("eu", "m1")).call(new BetweenArgs("b", "a")))
        .isNotEqualTo(first);
  }

  @Test
  @DisplayName("P2: what identifies an object is read at every call")
  void identityIsReadAtEveryCall() {
    Geocoder geocoder = new Geocoder("eu", "m1");
    CachedFunction<String, String, RuntimeException> locate = locate(geocoder);
    String first = locate.call("a");

    geocoder.model = "m2";
    assertThat(locate.call("a")).isNotEqualTo(first);
    geocoder.model = "m1";
    assertThat(locate.call("a")).isEqualTo(first);
  }

  @Test
  void memberThatThrowsReachesTheCallerAndNothingRuns() {
    CachedFunction<String, String, RuntimeException> locate = locate(new Geocoder("eu", ""));

    assertThatThrownBy(() -> locate.call("a"))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith("receiver.model(): ")
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("not connected");
    assertThat(RUNS).hasValue(0);
    assertThat(locate.stats().calls()).isZero();
  }

  @Test
  void handleIsMadeWithoutOpeningTheDirectoryOrReadingMembers() {
    CachedFunction<String, String, RuntimeException> locate = locate(new Geocoder("eu", ""));

    assertThat(locate.id()).isEqualTo(Geocoder.class.getName() + "#locate(java.lang.String)");
    assertThat(locate).hasToString("CachedFunction[" + locate.id() + "]");
    assertThat(Files.exists(path)).isFalse();
  }

  @Test
  @DisplayName("P6: a result is removed for all objects like this one, and for no other")
  void invalidateRemovesForAllThatAreAlike() {
    CachedFunction<String, String, RuntimeException> eu = locate(new Geocoder("eu", "m1"));
    CachedFunction<String, String, RuntimeException> us = locate(new Geocoder("us", "m1"));
    String ofEu = eu.call("a");
    String ofUs = us.call("a");

    locate(new Geocoder("eu", "m1")).invalidate("a");
    assertThat(eu.isCached("a")).isFalse();
    assertThat(us.call("a")).isEqualTo(ofUs);

    assertThat(eu.call("a")).isNotEqualTo(ofEu);
    us.invalidateAll();
    assertThat(eu.isCached("a")).isFalse();
  }

  @Test
  void handleStoresAndRefreshesForItsObject() {
    CachedFunction<String, String, RuntimeException> eu = locate(new Geocoder("eu", "m1"));
    CachedFunction<String, String, RuntimeException> us = locate(new Geocoder("us", "m1"));

    eu.put("a", "given");
    assertThat(eu.peek("a")).isEqualTo(new Lookup.Present<>("given"));
    assertThat(us.peek("a")).isEqualTo(new Lookup.Absent<>());
    assertThat(eu.refresh("a")).startsWith("eu/m1: a");
    assertThat(locate(new Geocoder("eu", "m1")).call("a")).startsWith("eu/m1: a");
  }

  @Test
  @DisplayName("P2: delegates of different classes never share, those of one class do")
  void delegatesOfDifferentClassesNeverShare() {
    String slow = translate(new Slow("x")).call("hello");

    assertThat(translate(new Fast("x")).call("hello")).startsWith("fast ");
    assertThat(translate(new Slow("x")).call("hello")).isEqualTo(slow);
    assertThat(RUNS).hasValue(2);
  }

  @Test
  void twinWithoutTheClassTheDelegateOfAnotherGetsItsResult() {
    Translator slow = new Slow("x");
    Translator fast = new Fast("x");

    assertThat(TRANSLATE_IGNORING.on(slow, slow::translate).call("hello")).startsWith("slow ");
    assertThat(TRANSLATE_IGNORING.on(fast, fast::translate).call("hello")).startsWith("slow ");
  }

  @Test
  void classesAreCountedTogetherAndRemovedTogether() {
    CachedFunction<String, String, RuntimeException> slow = translate(new Slow("x"));
    CachedFunction<String, String, RuntimeException> fast = translate(new Fast("x"));
    String ofSlow = slow.call("hello");
    String ofFast = fast.call("hello");

    assertThat(slow.stats().computations()).isEqualTo(2);
    assertThat(fast.stats()).isEqualTo(slow.stats());
    try (Memo memo = Memo.open(path)) {
      assertThat(memo.stats().functions()).containsOnlyKeys(slow.id());
      assertThat(memo.stats().functions().get(slow.id())).isEqualTo(slow.stats());
    }

    fast.invalidateAll();
    assertThat(slow.call("hello")).isNotEqualTo(ofSlow);
    assertThat(fast.call("hello")).isNotEqualTo(ofFast);
  }

  @Test
  void delegatesWithoutANameThatLastsAreRefused() {
    Translator anonymous =
        new Translator() {
          @Override
          public String id() {
            return "x";
          }

          @Override
          public String translate(String text) {
            return text + RUNS.incrementAndGet();
          }
        };
    Translator proxy =
        (Translator)
            Proxy.newProxyInstance(
                ReceiversTest.class.getClassLoader(),
                new Class<?>[] {Translator.class},
                (self, method, arguments) -> "y");

    assertRefused(anonymous, "an anonymous class");
    assertRefused(proxy, "a proxy");
    assertThat(TRANSLATE_IGNORING.on(anonymous, anonymous::translate).call("a")).isEqualTo("a1");
  }

  @FunctionalInterface
  private interface Shout {
    String shout(String text);
  }

  @Test
  void lambdasAreRefusedAsDelegates() {
    Shout lambda = text -> text + "!";
    InstanceMethod method =
        CachedMethod.in(DIRECTORY, Shout.class, "shout", String.class)
            .ignoringReceiver()
            .withReceiverClass()
            .ofInstances();

    assertThatThrownBy(() -> method.on(lambda, lambda::shout))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(lambda.getClass().getName())
        .hasMessageContaining("a lambda")
        .hasMessageContaining("named class");
  }

  private static void assertRefused(Translator delegate, String why) {
    assertThatThrownBy(() -> translate(delegate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Translator.class.getName() + "#translate")
        .hasMessageContaining(delegate.getClass().getName())
        .hasMessageContaining(why)
        .hasMessageContaining("named class");
  }

  private record Point(double x, double y) {
    double norm(double p) {
      return RUNS.incrementAndGet() + p * (x + y);
    }

    double length() {
      return RUNS.incrementAndGet() + Math.hypot(x, y);
    }
  }

  private record NormArgs(@Nullable Point point, double p) {}

  private static CachedFunction<NormArgs, Double, RuntimeException> norm() {
    return CachedMethod.in(DIRECTORY, Point.class, "norm", double.class)
        .receiver()
        .calls(NormArgs.class, args -> point(args).norm(args.p()));
  }

  private static Point point(NormArgs args) {
    if (args.point() == null) {
      throw new AssertionError("ran without a receiver");
    }
    return args.point();
  }

  @Test
  @DisplayName("P2: records are receivers by their content")
  void recordsAreReceiversByTheirContent() {
    CachedFunction<Point, Double, RuntimeException> length =
        CachedMethod.in(DIRECTORY, Point.class, "length").receiver().calls(Point::length);
    double first = length.call(new Point(3, 4));

    assertThat(length.call(new Point(3, 4))).isEqualTo(first);
    assertThat(length.call(new Point(4, 3))).isNotEqualTo(first);
    double normed = norm().call(new NormArgs(new Point(3, 4), 1));
    assertThat(norm().call(new NormArgs(new Point(3, 4), 1))).isEqualTo(normed);
    assertThat(norm().call(new NormArgs(new Point(3, 4), 2))).isNotEqualTo(normed);
    assertThat(norm().call(new NormArgs(new Point(3, 5), 1))).isNotEqualTo(normed);
  }

  @Test
  void receiverThatIsNullIsNamedByItsMethod() {
    assertThatThrownBy(() -> norm().call(new NormArgs(null, 1)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining(Point.class.getName() + "#norm");
    assertThatThrownBy(() -> shape().call(new ShapeArgs(null, 1)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining(Shape.class.getName() + "#scaled");
  }

  private abstract static class Shape {
    final int id;

    Shape(int id) {
      this.id = id;
    }

    int scaled(int factor) {
      return factor * area() + 1_000 * RUNS.incrementAndGet();
    }

    abstract int area();
  }

  private static final class Square extends Shape {
    Square(int id) {
      super(id);
    }

    @Override
    int area() {
      return 4;
    }
  }

  private static final class Circle extends Shape {
    Circle(int id) {
      super(id);
    }

    @Override
    int area() {
      return 3;
    }
  }

  private record ShapeArgs(@Nullable Shape shape, int factor) {}

  private static CachedFunction<ShapeArgs, Integer, RuntimeException> shape() {
    return CachedMethod.in(DIRECTORY, Shape.class, "scaled", int.class)
        .identifiedBy("id")
        .withReceiverClass()
        .calls(ShapeArgs.class, args -> shape(args).scaled(args.factor()));
  }

  private static Shape shape(ShapeArgs args) {
    if (args.shape() == null) {
      throw new AssertionError("ran without a receiver");
    }
    return args.shape();
  }

  @Test
  @DisplayName("P2: receivers of an abstract class count by their class and their identity")
  void receiversOfAnAbstractClassCountByClass() {
    CachedFunction<ShapeArgs, Integer, RuntimeException> scaled = shape();
    int square = scaled.call(new ShapeArgs(new Square(1), 2));
    int circle = scaled.call(new ShapeArgs(new Circle(1), 2));

    assertThat(square).isEqualTo(1_008);
    assertThat(circle).isEqualTo(2_006);
    assertThat(scaled.call(new ShapeArgs(new Square(1), 2))).isEqualTo(square);
    assertThat(scaled.call(new ShapeArgs(new Square(2), 2))).isNotEqualTo(square);
    assertThat(scaled.stats().computations()).isEqualTo(3);
    assertThat(scaled.isCached(new ShapeArgs(new Circle(1), 2))).isTrue();

    scaled.invalidate(new ShapeArgs(new Circle(1), 2));
    assertThat(scaled.peek(new ShapeArgs(new Circle(1), 2)).isPresent()).isFalse();
    assertThat(scaled.peek(new ShapeArgs(new Square(1), 2)).isPresent()).isTrue();
    shape().invalidateAll();
    assertThat(scaled.isCached(new ShapeArgs(new Square(1), 2))).isFalse();
    scaled.put(new ShapeArgs(new Square(1), 2), 7);
    assertThat(scaled.call(new ShapeArgs(new Square(1), 2))).isEqualTo(7);
    assertThat(scaled.refresh(new ShapeArgs(new Square(1), 2))).isNotEqualTo(7);
    assertThat(scaled.id()).isEqualTo(Shape.class.getName() + "#scaled(int)");
    assertThat(scaled).hasToString("CachedFunction[" + scaled.id() + "]");
  }

  @Test
  void anonymousReceiversOfAnAbstractClassAreRefused() {
    Shape anonymous =
        new Shape(1) {
          @Override
          int area() {
            return 1;
          }
        };

    assertThatThrownBy(() -> shape().call(new ShapeArgs(anonymous, 2)))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith("receiver: its class, " + anonymous.getClass().getName())
        .hasMessageContaining("anonymous class");
    assertThat(RUNS).hasValue(0);
  }

  @Test
  @DisplayName("P2: with each result is kept which code computed it, that of the receiver's class")
  void codeThatIsKeptIsThatOfTheReceiversClass() throws Exception {
    Translator slow = new Slow("x");
    Translator fast = new Fast("x");
    translate(slow).call("hello");
    translate(fast).call("hello");
    binding.close();

    assertThat(storedCode(slow))
        .isEqualTo(CodeFingerprint.of(Slow.class, "translate", String.class))
        .isNotEqualTo(CodeFingerprint.UNKNOWN);
    assertThat(storedCode(fast))
        .isEqualTo(CodeFingerprint.of(Fast.class, "translate", String.class))
        .isNotEqualTo(storedCode(slow));
  }

  private long storedCode(Translator delegate) throws EntryRejectedException {
    byte[] arguments =
        ArgumentsFormat.<String, BoundCall<String, String, RuntimeException>>ofInstanceCalls(
                ReceiverFormat.identifiedBy("m", Translator.class, List.of("id()")).withClass(),
                ArgumentsFormat.ofOne(String.class))
            .encode(new BoundCall<>(delegate, "hello", text -> text));
    long id =
        FunctionIdentity.ofMethod(Translator.class, "translate", new Class<?>[] {String.class}, "")
            .functionId();
    byte[] key =
        CallKey.of(id, arguments).entryKey(0, ResultFormat.of(String.class, List.of()).variant());
    try (RocksStore store = RocksStore.open(path.resolve("data"), Durability.PROCESS_CRASH)) {
      byte[] row = store.get(Family.ENTRIES, key);
      assertThat(row).isNotNull();
      return Entry.parse(row, Long.BYTES).codeFingerprint();
    }
  }

  @Test
  void nothingThatIsKeptHoldsAnObject() throws InterruptedException {
    WeakReference<Geocoder> gone = called();
    CachedFunction<String, String, RuntimeException> other = locate(new Geocoder("eu", "m1"));

    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (gone.get() != null && System.nanoTime() < deadline) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(gone.get()).isNull();
    assertThat(other.call("a")).endsWith(" 1");
    assertThat(other.stats().hitsBySource()).containsEntry(HitSource.HEAP, 1L);
  }

  private static WeakReference<Geocoder> called() {
    Geocoder geocoder = new Geocoder("eu", "m1");
    assertThat(locate(geocoder).call("a")).endsWith(" 1");
    return new WeakReference<>(geocoder);
  }

  @Test
  void receiverIsSaidOnceAndInTime() {
    CachedMethod method = CachedMethod.in(DIRECTORY, Geocoder.class, "locate", String.class);

    assertThatThrownBy(method::ofInstances)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(Geocoder.class.getName() + "#locate");
    assertThatThrownBy(() -> method.receiver().ignoringReceiver())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CONTENT");
    assertThatThrownBy(() -> method.identifiedBy())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("identifiedBy");
  }
}
