package dev.memo.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.call.HeapTiers;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Epochs;
import dev.memo.claims.FrozenEpochs;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.history.Operation.Kind;
import dev.memo.history.Operation.Source;
import dev.memo.process.ChosenReads;
import dev.memo.process.DeceivedReads;
import dev.memo.process.DirectorySettings;
import dev.memo.process.ObservedReads;
import dev.memo.process.OpenDirectory;
import dev.memo.process.ReadPath;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.SecondaryReads;
import dev.memo.store.Durability;
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
  private static final Kind[] KINDS = Kind.values();

  /** Of a thousand operations, those of each kind. */
  private static final int[] SHARES = {680, 90, 70, 120, 40};

  /** Less is changed, and seldom all at once: then nothing is local until the next opening. */
  private static final int[] SHARES_WITH_VIEWS = {850, 50, 33, 65, 2};

  /**
   * Only a value can be seen too early, and only by who could read the old one here: so there must
   * be time to open the database between two changes.
   */
  private static final int[] SHARES_OF_PUTS = {970, 30, 0, 0, 0};

  private static final ThreadLocal<@Nullable Recorder> RECORDER = new ThreadLocal<>();

  /** What is switched off. */
  enum Mode {
    SOUND,
    /** The epochs stand still: nobody learns that a value on the heap is old. */
    FROZEN_EPOCHS,
    /** The primary takes results of computations that something has outdated. */
    NEVER_OUTDATED,
    /** As the first, but it is local reads that do not learn. */
    FROZEN_VIEWS,
    /** Local reads do not learn that something is being changed before it has been. */
    UNMARKED_CHANGES
  }

  private final Path folder;
  private final int process;
  private final long seed;
  private final long slotNanos;
  private final Mode mode;
  private final ReadPath readPath;
  private final SecondaryReads eager = ChosenReads.eager();

  private volatile boolean stopped;

  private HistoryWorker(
      Path folder, int process, long seed, Duration slot, Mode mode, ReadPath readPath) {
    this.folder = folder;
    this.process = process;
    this.seed = seed;
    this.slotNanos = slot.toNanos();
    this.mode = mode;
    this.readPath = readPath;
  }

  /**
   * The arguments: directory, folder, number of the process, seed, milliseconds of a slot, mode,
   * path of reads.
   */
  public static void main(String[] arguments) throws Exception {
    Mode mode = Mode.valueOf(arguments[5]);
    HistoryWorker worker =
        new HistoryWorker(
            Path.of(arguments[1]),
            Integer.parseInt(arguments[2]),
            Long.parseLong(arguments[3]),
            Duration.ofMillis(Long.parseLong(arguments[4])),
            mode,
            ReadPath.valueOf(arguments[6]));
    try (OpenDirectory directory = worker.open(Path.of(arguments[0]))) {
      worker.run(directory);
    } catch (Throwable e) {
      say("failed: " + e);
      throw e;
    }
  }

  private OpenDirectory open(Path path) {
    DirectorySettings settings = DirectorySettings.DEFAULT.with(readPath).with(durability());
    return switch (mode) {
      case SOUND, FROZEN_EPOCHS -> ChosenReads.open(path, settings, reads());
      case NEVER_OUTDATED -> ChosenReads.openNeverOutdating(path, settings, reads());
      case FROZEN_VIEWS ->
          ChosenReads.open(path, settings, DeceivedReads.withFrozenEpochs(reads()));
      case UNMARKED_CHANGES ->
          ChosenReads.open(path, settings, DeceivedReads.withUnmarkedChanges(reads()));
    };
  }

  /**
   * Local reads see a change in the log before it is forced to the medium, and others are told only
   * then: so with some owners changes take long enough for something to happen meanwhile.
   */
  private Durability durability() {
    boolean forces = readPath == ReadPath.SECONDARY && process % 4 < 2;
    return forces || mode == Mode.UNMARKED_CHANGES
        ? Durability.POWER_LOSS
        : Durability.PROCESS_CRASH;
  }

  private LocalReads reads() {
    return readPath == ReadPath.SOCKET
        ? LocalReads.NONE
        : new ObservedReads(eager, () -> recorder().foundIn(Source.HERE));
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private void run(OpenDirectory directory) throws IOException, InterruptedException {
    StoredFunction<Integer, Long, RuntimeException> function = function(directory.primary());
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
    say("done: " + eager.counts() + ", " + function.stats());
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

  private StoredFunction<Integer, Long, RuntimeException> function(Primary real) {
    Primary primary =
        new RecordingPrimary(real, HistoryWorker::recorder) {
          @Override
          public Epochs epochs() {
            return mode == Mode.FROZEN_EPOCHS ? new FrozenEpochs(real.epochs()) : real.epochs();
          }
        };
    CallContext context =
        new CallContext(
            primary, heap(), real.waits(), () -> false, InstantSource.system(), MAX_WAIT);
    return StoredFunction.register(
        new FunctionSpec<>(
            new FunctionIdentity("register", "1"),
            ArgumentsFormat.ofOne(Integer.class),
            ResultFormat.of(Long.class, List.of()),
            0,
            key -> compute()),
        context);
  }

  /**
   * A value on the heap counts as long as that of a view would, so who has a heap hardly looks at
   * its view. Some have none, and read much more here.
   */
  private HeapTier heap() {
    boolean keeps =
        readPath == ReadPath.SOCKET || (process % 2 == 0 && mode != Mode.UNMARKED_CHANGES);
    return keeps ? new HeapTier() : HeapTiers.keepingNothing();
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
        boolean meets = mode != Mode.UNMARKED_CHANGES && random.nextInt(3) != 0;
        int key = meets ? hot : random.nextInt(KEYS);
        operate(function, mine, kind(shares(), random.nextInt(1_000)), key);
      }
    }
  }

  private int[] shares() {
    if (mode == Mode.UNMARKED_CHANGES) {
      return SHARES_OF_PUTS;
    }
    return readPath == ReadPath.SOCKET ? SHARES : SHARES_WITH_VIEWS;
  }

  /** What is done next. */
  private static Kind kind(int[] shares, int permille) {
    int kind = 0;
    for (int share = shares[0]; permille >= share; share += shares[kind]) {
      kind++;
    }
    return KINDS[kind];
  }

  private static void operate(
      StoredFunction<Integer, Long, RuntimeException> function, Recorder mine, Kind kind, int key) {
    long id = mine.begin(kind, key);
    if (kind == Kind.CALL) {
      mine.foundIn(Source.HEAP); // unless somebody else is asked
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
