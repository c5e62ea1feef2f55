package dev.memo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CallContext;
import dev.memo.call.DelegatingPrimary;
import dev.memo.call.FunctionIdentity;
import dev.memo.call.FunctionSpec;
import dev.memo.call.HeapTier;
import dev.memo.call.HitSource;
import dev.memo.call.StoredFunction;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.claims.Waits;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import dev.memo.process.DirectorySettings;
import dev.memo.process.OpenDirectory;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many processes that begin to call the same function at the same moment. */
@Tag("heavy")
final class ProcessesTest {
  private static final int PROCESSES = 4;
  private static final int THREADS = 16;
  private static final int KEYS = "soak".equals(System.getProperty("memo.test.size")) ? 2_000 : 800;

  /** Longer than to ask for a claim, so that the primary cannot be done before others begin. */
  private static final Duration BODY = Duration.ofMillis(5);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;

  ProcessesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  @DisplayName("P1: every call is computed once by all threads of all processes, and all get it")
  void everyCallIsComputedOnce() throws IOException {
    List<String> said = run(Claims.SHARED);
    List<Computation> computations = computations();
    System.out.println(computations.size() + " computations, " + said);
    assertThat(computations).extracting(Computation::key).doesNotHaveDuplicates().hasSize(KEYS);
    assertThat(computations.stream().map(Computation::process).distinct())
        .as("all processes took part")
        .hasSize(PROCESSES);
    assertThat(said.stream().mapToLong(line -> count(line, "flights")).sum())
        .as("calls that met in one process")
        .isPositive();
    assertThat(said.stream().mapToLong(line -> count(line, "waits")).sum())
        .as("calls that met in two processes")
        .isPositive();
  }

  @Test
  @DisplayName("P1, twin: with claims that exclude nobody, processes compute the same calls")
  void twinWithoutClaims() throws IOException {
    List<String> said = run(Claims.ALWAYS_GRANTED);
    List<Computation> computations = computations();
    System.out.println(computations.size() + " computations without claims, " + said);
    assertThat(computations.stream().map(Computation::key).distinct()).hasSize(KEYS);
    assertThat(computations.size()).isGreaterThan(KEYS);
  }

  /** Lets all processes begin at once; returns what each has counted. */
  private List<String> run(Claims claims) throws IOException {
    Path directory = folder.resolve("shared.memo");
    List<ChildJvm> children = new ArrayList<>();
    List<String> said = new ArrayList<>();
    try {
      for (int process = 0; process < PROCESSES; process++) {
        children.add(
            ChildJvm.of(Worker.class, directory, computed(process), process, claims).start());
      }
      for (ChildJvm child : children) {
        child.awaitLine("opened");
      }
      for (ChildJvm child : children) {
        child.process().getOutputStream().write('\n');
        child.process().getOutputStream().flush();
      }
      for (ChildJvm child : children) {
        String line = child.awaitLine("right", "wrong", "failed");
        assertThat(line).startsWith("right");
        said.add(line);
      }
    } finally {
      children.forEach(ChildJvm::close);
    }
    return said;
  }

  private Path computed(int process) {
    return folder.resolve("computed-" + process);
  }

  /** One run of the function, for a key that all call for. */
  private record Computation(int key, int process) {}

  private List<Computation> computations() throws IOException {
    List<Computation> computations = new ArrayList<>();
    for (int process = 0; process < PROCESSES; process++) {
      for (String line : Files.readAllLines(computed(process))) {
        int key = Integer.parseInt(line);
        if (key < KEYS) {
          computations.add(new Computation(key, process));
        }
      }
    }
    return computations;
  }

  private static long count(String line, String name) {
    Matcher matcher = Pattern.compile(name + " (\\d+)").matcher(line);
    assertThat(matcher.find()).as(line).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  /** Whether a claim keeps other processes from computing. */
  enum Claims {
    SHARED,
    /** What is stored already is found; else whoever asks may compute. */
    ALWAYS_GRANTED
  }

  /** What is asked for claims, and how often that means to wait. */
  private static final class CountedClaims extends DelegatingPrimary {
    private final Primary target;
    private final Claims claims;
    private final AtomicInteger waits = new AtomicInteger();

    CountedClaims(Primary target, Claims claims) {
      super(target);
      this.target = target;
      this.claims = claims;
    }

    @Override
    public @Nullable Stored readNearby(CallKey key, int variant) {
      return target.readNearby(key, variant);
    }

    @Override
    public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
      if (claims == Claims.ALWAYS_GRANTED) {
        Stored stored = target.read(key, variant);
        return stored == null
            ? new Answer.Granted(new Claim(0, epochs().lastSequence()))
            : new Answer.Hit(stored);
      }
      Answer answer = target.claim(key, variant, rejected, chain);
      if (answer instanceof Answer.Wait) {
        waits.incrementAndGet();
      }
      return answer;
    }
  }

  /**
   * Calls for all keys from many threads, in few orders, so that threads meet. First comes a key of
   * the process's own, which takes until all others have begun theirs: so none is done before
   * another has taken part.
   */
  static final class Worker {
    private static final int ORDERS = 4;

    private Worker() {}

    public static void main(String[] arguments) throws Exception {
      Path computed = Files.createFile(Path.of(arguments[1]));
      int process = Integer.parseInt(arguments[2]);
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      try (OpenDirectory directory =
          OpenDirectory.open(Path.of(arguments[0]), DirectorySettings.DEFAULT)) {
        CountedClaims primary =
            new CountedClaims(directory.primary(), Claims.valueOf(arguments[3]));
        StoredFunction<Integer, String, RuntimeException> function =
            function(primary, directory.primary().waits(), key -> compute(computed, key));
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
          int order = thread % ORDERS;
          tasks.add(() -> callAll(function, process, order));
        }
        // of its own, so that nothing is left to load when all begin
        boolean right = function.call(KEYS + process).equals("value of " + (KEYS + process));
        System.out.println("opened");
        if (System.in.read() < 0) {
          throw new IOException("nobody gave the start");
        }
        for (Future<Boolean> done : threads.invokeAll(tasks)) {
          right &= done.get();
        }
        System.out.printf(
            "%s: process %d: flights %d, waits %d%n",
            right ? "right" : "wrong",
            process,
            function.stats().hitsBySource().get(HitSource.FLIGHT),
            primary.waits.get());
      } catch (Throwable e) {
        System.out.println("failed: " + e);
        throw e;
      } finally {
        threads.shutdown();
      }
    }

    private static StoredFunction<Integer, String, RuntimeException> function(
        Primary primary, Waits waits, IntFunction<String> body) {
      CallContext context =
          new CallContext(
              primary,
              new HeapTier(),
              waits,
              () -> false,
              InstantSource.system(),
              Duration.ofMinutes(10));
      return StoredFunction.register(
          new FunctionSpec<>(
              new FunctionIdentity("shared", "1"),
              ArgumentsFormat.ofOne(Integer.class),
              ResultFormat.of(String.class, List.of()),
              0,
              body::apply),
          context);
    }

    private static boolean callAll(
        StoredFunction<Integer, String, RuntimeException> function, int process, int order) {
      List<Integer> keys = new ArrayList<>(IntStream.range(0, KEYS).boxed().toList());
      Collections.shuffle(keys, new Random(order));
      keys.remove((Integer) process);
      keys.add(0, process);
      boolean right = true;
      for (int key : keys) {
        right &= function.call(key).equals("value of " + key);
      }
      return right;
    }

    private static String compute(Path computed, int key) {
      try {
        Files.write(computed, (key + "\n").getBytes(UTF_8), StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      if (key < PROCESSES) {
        awaitAll(computed.getParent());
      }
      LockSupport.parkNanos(BODY.toNanos());
      return "value of " + key;
    }

    private static void awaitAll(Path folder) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      for (int process = 0; process < PROCESSES; process++) {
        // in its file is the key that it calls before all begin, then those of all
        long before = (KEYS + process + "\n").length();
        while (folder.resolve("computed-" + process).toFile().length() <= before) {
          assertThat(System.nanoTime()).as("process %s begins", process).isLessThan(deadline);
          LockSupport.parkNanos(BODY.toNanos());
        }
      }
    }
  }
}
