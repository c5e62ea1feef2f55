package dev.memo;

import dev.memo.call.CachedFunction;
import dev.memo.call.Lookup;
import dev.memo.codec.TypeRef;
import dev.memo.parallel.Parallel;
import dev.memo.store.Footprint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A program that closes directories while threads call functions in them: by their handles, by a
 * wrapper that shares the directory, in batches, nested in each other. Prints how the calls ended,
 * and what was kept.
 */
final class Lifetimes {
  static final String WRAPPER_DIRECTORY = "lifetimes.memo";

  private static final int CALLERS = 8;
  private static final int KEYS = 1_000;
  private static final int WARM_UP_CLOSES = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The wrapper: closing a directory never breaks it. */
  private static final CachedFunction<Integer, Integer, RuntimeException> WRAPPED =
      CachedMethod.in(WRAPPER_DIRECTORY, Lifetimes.class, "square", Integer.class)
          .calls(Lifetimes::square);

  private final List<Path> directories;
  private final int callsOfSession;
  private final Random random;
  private final AtomicReference<@Nullable Session> current = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /**
   * A directory while it is open, and its functions.
   *
   * @param quota counts the calls that are made before it is closed
   * @param closing whether its end has begun
   * @param replaced when there is another session
   */
  private record Session(
      CountDownLatch quota,
      AtomicBoolean closing,
      CountDownLatch replaced,
      Memo memo,
      CachedFunction<Integer, Integer, RuntimeException> shared,
      CachedFunction<Integer, List<Integer>, RuntimeException> copied,
      CachedFunction<Integer, Integer, RuntimeException> nested) {

    static Session open(Path directory, int calls) {
      Memo memo = Memo.open(directory);
      return new Session(
          new CountDownLatch(calls),
          new AtomicBoolean(),
          new CountDownLatch(1),
          memo,
          memo.function("square", "1", Integer.class, Integer.class, Lifetimes::square),
          memo.function(
              "pair", "1", Integer.class, new TypeRef<List<Integer>>() {}, Lifetimes::pair),
          memo.function("nested", "1", Integer.class, Integer.class, Lifetimes::nested));
    }
  }

  private Lifetimes(Path folder, int callsOfSession, long seed) {
    this.callsOfSession = callsOfSession;
    this.directories = List.of(folder.resolve("a"), folder.resolve("b"));
    this.random = new Random(seed);
  }

  static Integer square(Integer n) {
    return n * n;
  }

  static List<Integer> pair(Integer n) {
    return List.of(n, n + 1);
  }

  /** Calls another cached function. */
  static Integer nested(Integer n) {
    return WRAPPED.call(n) + 1;
  }

  /** It lives on, and on a slow machine a call may need it after the warm-up only. */
  private static void startTheTimerOfTheJvm() {
    CompletableFuture.delayedExecutor(1, TimeUnit.NANOSECONDS, Runnable::run).execute(() -> {});
  }

  /** Takes a folder, a number of closes, one of calls between two of them, and a seed. */
  public static void main(String[] arguments) throws InterruptedException {
    Path folder = Path.of(arguments[0]);
    int closes = Integer.parseInt(arguments[1]);
    int calls = Integer.parseInt(arguments[2]);
    long seed = Long.parseLong(arguments[3]);
    // what the JVM and RocksDB make once is there before the footprint is taken
    startTheTimerOfTheJvm();
    new Lifetimes(folder, calls, seed).run(WARM_UP_CLOSES);
    Footprint before = Footprint.now();

    Lifetimes lifetimes = new Lifetimes(folder, calls, seed);
    lifetimes.run(closes);

    System.out.println("answered " + lifetimes.answered);
    System.out.println("refused " + lifetimes.refused);
    System.out.println("kept " + Footprint.keptSince(before, PATIENCE));
  }

  private void run(int closes) throws InterruptedException {
    // for the wrapper between two bindings: by its own name it would open a directory for good
    Binding fallback = Memo.bind(WRAPPER_DIRECTORY, directories.get(0).resolveSibling("c"));
    Binding binding = Memo.bind(WRAPPER_DIRECTORY, anyDirectory());
    Session session = open();
    List<Thread> callers = startCallers();
    for (int closed = 1; closed <= closes; closed++) {
      awaitQuota(session);
      session.closing.set(true);
      boolean bindingFirst = random.nextBoolean();
      if (bindingFirst) {
        binding.close();
      }
      session.memo.close();
      if (!bindingFirst) {
        binding.close();
      }
      binding = Memo.bind(WRAPPER_DIRECTORY, anyDirectory());
      Session next = open();
      session.replaced.countDown();
      session = next;
      if (closed % 10 == 0) {
        System.out.println("closes " + closed);
      }
    }
    current.set(null);
    for (Thread caller : callers) {
      caller.join();
    }
    session.memo.close();
    binding.close();
    fallback.close();
    throwFailure();
  }

  private Session open() {
    Session session = Session.open(anyDirectory(), callsOfSession);
    current.set(session);
    return session;
  }

  private List<Thread> startCallers() {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      long seed = random.nextLong();
      Thread caller = new Thread(() -> callUntilEnd(new Random(seed)), "caller " + i);
      caller.setDaemon(true);
      caller.start();
      callers.add(caller);
    }
    return callers;
  }

  private void awaitQuota(Session session) throws InterruptedException {
    while (!session.quota.await(1, TimeUnit.SECONDS)) {
      throwFailure();
    }
  }

  private void throwFailure() {
    Throwable first = failure.get();
    if (first != null) {
      throw new AssertionError("a call ended neither with its value nor as closed", first);
    }
  }

  private Path anyDirectory() {
    return directories.get(random.nextInt(directories.size()));
  }

  private void callUntilEnd(Random choice) {
    try {
      for (Session session = current.get(); session != null; session = current.get()) {
        try {
          call(session, choice);
          answered.incrementAndGet();
          session.quota.countDown();
        } catch (IllegalStateException e) {
          if (!session.closing.get()) {
            throw new AssertionError("refused while the directory was open", e);
          }
          refused.incrementAndGet();
          session.replaced.await(); // or there would be little but refused calls
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private static void call(Session session, Random choice) {
    int n = choice.nextInt(KEYS);
    switch (choice.nextInt(20)) {
      case 0 -> session.shared.invalidate(n);
      case 1 -> session.copied.invalidate(n);
      case 2 -> session.shared.put(n, square(n));
      case 3 -> session.copied.put(n, pair(n));
      case 4 -> requireEqual(session.shared.peek(n), square(n));
      case 5 -> requireEqual(session.copied.peek(n), pair(n));
      case 6 -> requireEqual(session.copied.refresh(n), pair(n));
      case 7 -> requireEqual(session.nested.call(n), square(n) + 1);
      case 8 -> session.nested.invalidate(n);
      case 9 -> requireNotNegative(session.memo.stats().total().calls());
      case 10 -> requireNotNegative(session.copied.stats().hits());
      case 11 -> {
        if (n < KEYS / 100) {
          session.copied.invalidateAll();
        }
      }
      case 12 -> WRAPPED.invalidate(n);
      case 13 -> requireEqual(WRAPPED.peek(n), square(n));
      case 14 -> callWrapper(() -> requireEqual(WRAPPED.call(n), square(n)));
      case 15 -> {
        if (n < KEYS / 20) {
          List<Integer> inputs = List.of(n, n + 1, n + 2, n);
          requireEqual(
              Parallel.map(session.shared, inputs, 2),
              inputs.stream().map(Lifetimes::square).toList());
        }
      }
      case 16 -> requireEqual(session.shared.call(n), square(n));
      default -> requireEqual(session.copied.call(n), pair(n));
    }
  }

  /** A wrapper has no {@code Memo} that could be closed: its calls are never refused. */
  private static void callWrapper(Runnable call) {
    try {
      call.run();
    } catch (IllegalStateException e) {
      throw new AssertionError("a call of a wrapper was refused", e);
    }
  }

  private static void requireEqual(Lookup<?> found, Object expected) {
    if (found instanceof Lookup.Present<?> present) {
      requireEqual(present.value(), expected);
    }
  }

  private static void requireEqual(@Nullable Object actual, Object expected) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  private static void requireNotNegative(long count) {
    if (count < 0) {
      throw new AssertionError("counted " + count);
    }
  }
}
