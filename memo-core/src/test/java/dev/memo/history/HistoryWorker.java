package dev.memo.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.call.HitSource;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.history.Operation.Kind;
import dev.memo.process.DirectorySettings;
import dev.memo.process.NeverOutdating;
import dev.memo.process.OpenDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A process whose threads do anything to a few keys of one function, and write down what they saw.
 * It ends when it is told to, or killed.
 *
 * <p>The function stands on the directory as those of a {@code Memo} do, but for a layer that
 * listens to the primary. Time is cut into slots, the same in all processes: all threads begin
 * together, most with the key of the slot, so that they meet.
 */
final class HistoryWorker {
  static final int KEYS = 8;
  static final int THREADS = 4;
  private static final int MAX_OPERATIONS = 1 << 17;
  private static final int MAX_BURST = 12;
  private static final long MAX_BODY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);
  private static final ThreadLocal<@Nullable Recorder> RECORDER = new ThreadLocal<>();

  /** What is switched off. */
  enum Mode {
    SOUND,
    /** The epochs stand still: nobody learns that a value on the heap is old. */
    FROZEN_EPOCHS,
    /** The primary takes results of computations that something has outdated. */
    NEVER_OUTDATED
  }

  private final Path folder;
  private final int process;
  private final long seed;
  private final long slotNanos;

  private volatile boolean stopped;

  private HistoryWorker(Path folder, int process, long seed, Duration slot) {
    this.folder = folder;
    this.process = process;
    this.seed = seed;
    this.slotNanos = slot.toNanos();
  }

  /**
   * The arguments: directory, folder, number of the process, seed, milliseconds of a slot, mode.
   */
  public static void main(String[] arguments) throws Exception {
    Path path = Path.of(arguments[0]);
    Mode mode = Mode.valueOf(arguments[5]);
    HistoryWorker worker =
        new HistoryWorker(
            Path.of(arguments[1]),
            Integer.parseInt(arguments[2]),
            Long.parseLong(arguments[3]),
            Duration.ofMillis(Long.parseLong(arguments[4])));
    try (OpenDirectory directory =
        mode == Mode.NEVER_OUTDATED
            ? NeverOutdating.open(path)
            : OpenDirectory.open(path, DirectorySettings.DEFAULT)) {
      worker.run(directory, mode);
    } catch (Throwable e) {
      say("failed: " + e);
      throw e;
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private void run(OpenDirectory directory, Mode mode) throws IOException, InterruptedException {
    StoredFunction<Integer, Long, RuntimeException> function = function(directory.primary(), mode);
    CountDownLatch mayClose = new CountDownLatch(1);
    Thread listener = new Thread(() -> listen(mayClose), "listens");
    listener.setDaemon(true);
    listener.start();
    List<Thread> threads = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Recorder mine = Recorder.create(folder, process, thread, MAX_OPERATIONS);
      Random random = new Random(seed * 1_000_003 + process * 1_009L + thread);
      threads.add(new Thread(() -> operate(function, mine, random), "operates " + thread));
    }
    say("opened");
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    say("done: " + function.stats());
    mayClose.await(); // a primary that leaves makes others ask twice
  }

  /** The first line ends the operations; the end of the input, the process. */
  private void listen(CountDownLatch mayClose) {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        stopped = true;
      }
    } catch (IOException e) {
      say("failed: " + e);
    }
    stopped = true;
    mayClose.countDown();
  }

  private StoredFunction<Integer, Long, RuntimeException> function(Primary real, Mode mode) {
    Primary primary =
        new RecordingPrimary(real, HistoryWorker::recorder) {
          @Override
          public Epochs epochs() {
            return mode == Mode.FROZEN_EPOCHS ? new FrozenEpochs(real.epochs()) : real.epochs();
          }
        };
    CallContext context =
        new CallContext(
            primary, new HeapTier(), real.waits(), () -> false, InstantSource.system(), MAX_WAIT);
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("register", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Long.class, List.of()),
            0,
            key -> compute()),
        context);
  }

  private static Recorder recorder() {
    return requireNonNull(RECORDER.get());
  }

  /** Every computation has a value of its own. */
  private Long compute() {
    Recorder mine = recorder();
    mine.bodyBegins();
    LockSupport.parkNanos(((mine.id() * 0x9E37_79B9_7F4A_7C15L) >>> 33) % MAX_BODY_NANOS);
    mine.bodyEnds();
    return mine.id();
  }

  private void operate(
      StoredFunction<Integer, Long, RuntimeException> function, Recorder mine, Random random) {
    RECORDER.set(mine);
    while (!stopped && !mine.isFull()) {
      long slot = System.nanoTime() / slotNanos + 1;
      for (long now = System.nanoTime(); now < slot * slotNanos; now = System.nanoTime()) {
        LockSupport.parkNanos(slot * slotNanos - now);
      }
      int hot = Math.floorMod(slot, KEYS);
      for (int left = 1 + random.nextInt(MAX_BURST); left > 0 && !mine.isFull(); left--) {
        int key = random.nextInt(3) == 0 ? random.nextInt(KEYS) : hot;
        operate(function, mine, kind(random.nextInt(100)), key);
      }
    }
  }

  private static Kind kind(int percent) {
    if (percent < 68) {
      return Kind.CALL;
    } else if (percent < 77) {
      return Kind.PUT;
    } else if (percent < 84) {
      return Kind.REFRESH;
    }
    return percent < 96 ? Kind.INVALIDATE : Kind.INVALIDATE_ALL;
  }

  private static void operate(
      StoredFunction<Integer, Long, RuntimeException> function, Recorder mine, Kind kind, int key) {
    long id = mine.begin(kind, key);
    if (kind == Kind.CALL) {
      mine.foundIn(HitSource.HEAP); // unless somebody else is asked
    }
    try {
      long returned = Operation.NOTHING;
      switch (kind) {
        case CALL -> returned = function.call(key);
        case REFRESH -> returned = function.refresh(key);
        case PUT -> function.put(key, id);
        case INVALIDATE -> function.invalidate(key);
        case INVALIDATE_ALL -> function.invalidateAll();
      }
      mine.returned(returned);
    } catch (DirectoryUnavailableException e) {
      mine.threw();
    } catch (Throwable e) {
      mine.threw();
      say("failed: " + kind + " of " + Operation.name(id) + ": " + e);
      throw e;
    }
  }
}
