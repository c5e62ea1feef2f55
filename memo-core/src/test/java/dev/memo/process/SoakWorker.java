package dev.memo.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memo.call.CallContext;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.call.Lookup;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Primary;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.DirectoryUnavailableException;
import dev.memo.process.reads.LocalReads;
import dev.memo.process.reads.SecondaryReads;
import dev.memo.store.StoreSeams;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A process that changes what its function computes, tells the directory so, and reads.
 *
 * <p>Each key has a version, which one thread of all processes raises: first it does, then it puts,
 * refreshes or invalidates, and when that has returned, the version is acknowledged. Whoever calls
 * after that must not get an older one.
 */
@SuppressWarnings("EnumOrdinal") // what is shared is read by the program that wrote it
final class SoakWorker {
  static final int SLOTS = 4;
  static final int KEYS = 1024;

  private static final int READERS = 2;
  private static final int RECENT = 8;
  private static final int READS_AT_ONCE = 64;

  /** Of the whole function: what was stored is not looked at any more, but stays on the disk. */
  private static final Duration BETWEEN_CLEARS = Duration.ofSeconds(15);

  /** So long a primary that was left may still carry out a change that was refused. */
  private static final Duration IN_DOUBT = Duration.ofSeconds(30);

  // what is shared, and how much of it
  static final int VERSION = 0;
  static final int ACKNOWLEDGED = KEYS;
  private static final int RECENTLY = 2 * KEYS;
  private static final int COUNTS = RECENTLY + SLOTS * RECENT;
  static final int SHARED = COUNTS + SLOTS * Count.values().length;

  /** What is counted in each slot. */
  enum Count {
    READS,
    /** Without asking the primary. */
    HERE,
    COMPUTED,
    CHANGES,
    /** Changes that were refused because there was no primary, or it ended. */
    UNAVAILABLE,
    OPENINGS,
    CATCH_UPS,
    FAILURES,
    WRONG,
    ERRORS
  }

  /** How often the database is looked at. */
  enum Looks {
    EAGER,
    USUAL,
    /** As the first, and what was seen once counts for ever. */
    FROZEN
  }

  private static final ThreadLocal<Boolean> FOUND_HERE = ThreadLocal.withInitial(() -> false);

  private final Path path;
  private final SharedLongs shared;
  private final int slot;
  private final long seed;
  private final Looks looks;

  /** Held for writing while the directory is closed and opened again. */
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private OpenDirectory directory; // guarded by use
  private StoredFunction<Integer, byte[], RuntimeException> function; // guarded by use
  private SecondaryReads reads; // guarded by use
  private SecondaryReads.Counts told = new SecondaryReads.Counts(0, 0, 0); // of the owner's thread
  private long cleared = System.nanoTime(); // of the owner's thread
  private final Map<Integer, Long> doubtful = new HashMap<>(); // until when; of the owner's thread
  private volatile boolean stopped;

  private SoakWorker(Path path, SharedLongs shared, int slot, long seed, Looks looks) {
    this.path = path;
    this.shared = shared;
    this.slot = slot;
    this.seed = seed;
    this.looks = looks;
    open();
  }

  /** The arguments: directory, shared file, slot, seed, looks, bytes of a write buffer. */
  public static void main(String[] arguments) throws Exception {
    StoreSeams.writeOutEvery(Long.parseLong(arguments[5]));
    try {
      SoakWorker worker =
          new SoakWorker(
              Path.of(arguments[0]),
              SharedLongs.open(Path.of(arguments[1]), SHARED),
              Integer.parseInt(arguments[2]),
              Long.parseLong(arguments[3]),
              Looks.valueOf(arguments[4]));
      worker.run();
    } catch (Throwable e) {
      say("failed: " + e);
      throw e;
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
  }

  private void open() {
    reads = looks == Looks.USUAL ? ChosenReads.usual() : ChosenReads.eager();
    LocalReads observed = new ObservedReads(reads, () -> FOUND_HERE.set(true));
    directory =
        ChosenReads.open(
            path,
            DirectorySettings.DEFAULT,
            looks == Looks.FROZEN ? DeceivedReads.withFrozenEpochs(observed) : observed);
    Primary primary = directory.primary();
    function =
        StoredFunction.register(
            new FunctionSpec<>(
                new FunctionIdentity("versions", "1"),
                ArgumentsFormat.ofOne(Integer.class),
                ResultFormat.of(byte[].class, List.of()),
                0,
                this::compute),
            new CallContext(
                primary,
                new HeapTier(), // which keeps no arrays
                primary.waits(),
                () -> false,
                InstantSource.system(),
                Duration.ofMinutes(1)));
  }

  private void run() throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(this::changeAll, "changes"));
    for (int i = 0; i < READERS; i++) {
      Random random = new Random(seed * 31 + slot * 7L + i);
      threads.add(new Thread(() -> readAll(random), "reads " + i));
    }
    say("opened");
    threads.forEach(Thread::start);
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (line.equals("leave")) {
        leave();
        say("left");
      } else {
        stopped = true;
        for (Thread thread : threads) {
          thread.join();
        }
        say("stopped");
      }
    }
    stopped = true;
    directory.close();
  }

  /** Lets another process lead, and comes back. */
  private void leave() {
    use.writeLock().lock();
    try {
      directory.close();
      tell();
      told = new SecondaryReads.Counts(0, 0, 0);
      open();
    } finally {
      use.writeLock().unlock();
    }
  }

  private void count(Count what, long more) {
    shared.add(countAt(slot, what), more);
  }

  static int countAt(int slot, Count what) {
    return COUNTS + slot * Count.values().length + what.ordinal();
  }

  /** What the reads did since the last time. */
  private void tell() {
    SecondaryReads.Counts now = reads.counts();
    count(Count.OPENINGS, now.openings() - told.openings());
    count(Count.CATCH_UPS, now.catchUps() - told.catchUps());
    count(Count.FAILURES, now.failures() - told.failures());
    told = now;
  }

  private byte[] compute(int key) {
    count(Count.COMPUTED, 1);
    return value(key, shared.get(VERSION + key));
  }

  /** One to four KiB that cannot be compressed. */
  static byte[] value(int key, long version) {
    SplittableRandom random = new SplittableRandom(key * 1_000_003L + version);
    byte[] bytes = new byte[1024 + random.nextInt(3072)];
    random.nextBytes(bytes);
    ByteBuffer.wrap(bytes).putLong(version);
    return bytes;
  }

  private void changeAll() {
    Random random = new Random(seed * 31 + slot * 7L + READERS);
    for (long n = 0; !stopped; n++) {
      int key = random.nextInt(KEYS / SLOTS) * SLOTS + slot;
      if (random.nextInt(4) == 0) {
        key = random.nextInt(RECENT) * SLOTS + slot; // some change all the time
      }
      int permille = random.nextInt(1_000);
      if (doubtful.getOrDefault(key, Long.MIN_VALUE) > System.nanoTime()) {
        continue;
      }
      use.readLock().lock();
      try {
        change(key, permille);
        shared.set(RECENTLY + slot * RECENT + (int) (n % RECENT), key);
        tell();
      } finally {
        use.readLock().unlock();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(10)));
    }
  }

  private void change(int key, int permille) {
    long version = shared.get(VERSION + key) + 1;
    shared.set(VERSION + key, version);
    try {
      if (permille < 500) {
        function.put(key, value(key, version));
      } else if (permille < 750) {
        if (System.nanoTime() - cleared > BETWEEN_CLEARS.toNanos()) {
          cleared = System.nanoTime();
          function.invalidateAll();
        } else {
          function.invalidate(key);
        }
      } else {
        requireVersion("refresh", key, version, function.refresh(key));
      }
      shared.set(ACKNOWLEDGED + key, version);
      count(Count.CHANGES, 1);
    } catch (DirectoryUnavailableException e) {
      count(Count.UNAVAILABLE, 1);
      doubtful.put(key, System.nanoTime() + IN_DOUBT.toNanos());
    } catch (Throwable e) {
      error("change", key, e);
    }
  }

  private void error(String what, int key, Throwable e) {
    count(Count.ERRORS, 1);
    say("error: " + what + " of " + key + ": " + e + " " + Arrays.toString(e.getStackTrace()));
  }

  private void readAll(Random random) {
    while (!stopped) {
      use.readLock().lock();
      try {
        for (int i = 0; i < READS_AT_ONCE; i++) {
          int key =
              random.nextInt(4) != 0
                  ? random.nextInt(KEYS)
                  : (int) shared.get(RECENTLY + random.nextInt(SLOTS * RECENT));
          read(key, random.nextInt(4) == 0);
        }
      } finally {
        use.readLock().unlock();
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void read(int key, boolean peeks) {
    FOUND_HERE.set(false);
    try {
      long least = shared.get(ACKNOWLEDGED + key); // before the look
      if (!peeks) {
        requireVersion("call", key, least, function.call(key));
      } else if (function.peek(key) instanceof Lookup.Present<byte[]> found) {
        requireVersion("peek", key, least, found.value());
      }
    } catch (Throwable e) {
      error("read", key, e);
    }
    count(Count.READS, 1);
    if (FOUND_HERE.get()) {
      count(Count.HERE, 1);
    }
  }

  private void requireVersion(String how, int key, long least, byte[] bytes) {
    long version = ByteBuffer.wrap(bytes).getLong();
    long most = shared.get(VERSION + key);
    if (version < least || version > most || !Arrays.equals(bytes, value(key, version))) {
      count(Count.WRONG, 1);
      say(
          "wrong: %s of %d returned version %d of at least %d, found %s"
              .formatted(how, key, version, least, FOUND_HERE.get() ? "here" : "elsewhere"));
    }
  }
}
