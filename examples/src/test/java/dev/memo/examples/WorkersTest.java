package dev.memo.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Binding;
import dev.memo.Memo;
import dev.memo.examples.SimilarityCached.DistanceArgs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job in several processes, run as a user runs it: what they compute together, and what becomes
 * of it when some of them die.
 *
 * <p>To kill a worker while it works, the tests stop process 1, which would else do the work itself
 * before a slow machine has started the worker. Meanwhile the directory belongs to this JVM, or to
 * the worker.
 */
class WorkersTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  /** Their pairs take one thread several times as long as a JVM needs to start. */
  private static final int CLASSES = "soak".equals(System.getProperty("memo.test.size")) ? 120 : 80;

  private static final int PAIRS = CLASSES * (CLASSES - 1) / 2;
  private static final String ALL_PAIRS = "--classes " + CLASSES + " --top " + PAIRS;

  /** What one process finds without others, whose work is the same for all tests. */
  private static List<String> foundAlone = List.of();

  private final Path folder;
  private final Path directory;
  private final List<Job> jobs = new ArrayList<>();

  WorkersTest(@TempDir Path folder) {
    this.folder = folder;
    this.directory = folder.resolve("shared.memo");
  }

  private record Job(Process process, Path output, Path errors) {

    Job ended() throws Exception {
      assertThat(process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).as(said()).isTrue();
      return this;
    }

    String said() throws IOException {
      return Files.readString(output) + Files.readString(errors);
    }

    /** The number before these words; fails if they are not there. */
    long count(String words) throws IOException {
      Matcher matcher =
          Pattern.compile("^ *([0-9,]+)  " + Pattern.quote(words) + "$", Pattern.MULTILINE)
              .matcher(Files.readString(output));
      assertThat(matcher.find()).as(words + " in " + said()).isTrue();
      return Long.parseLong(matcher.group(1).replace(",", ""));
    }

    List<String> closest() throws IOException {
      return Files.readString(output)
          .lines()
          .dropWhile(line -> !line.contains("closest pairs"))
          .takeWhile(line -> !line.isEmpty())
          .toList();
    }

    void signal(String name) throws Exception {
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }
  }

  private Job start(String arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // short lives
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SimilarClasses.class.getName());
    command.addAll(Arrays.asList(arguments.split(" ")));
    Path output = folder.resolve("output-" + jobs.size());
    Path errors = folder.resolve("errors-" + jobs.size());
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    Job job = new Job(process, output, errors);
    jobs.add(job);
    return job;
  }

  @AfterEach
  void killWhatIsLeft() {
    for (Job job : jobs) {
      job.process.descendants().forEach(ProcessHandle::destroyForcibly);
      job.process.destroyForcibly();
    }
  }

  /** Not the helper that starts it, nor process 1 itself, which it is for a moment before that. */
  private static boolean isWorker(ProcessHandle process) {
    try {
      Path commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return Files.readString(commandLine).contains('\0' + Worker.class.getName() + '\0');
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  @Test
  void processesComputeEachPairOnceAndFindWhatOneFinds() throws Exception {
    String same = "--processes 3 --threads 1 " + ALL_PAIRS + " --directory " + directory;
    Job shared = start(same).ended();
    Job again = start(same).ended();

    assertThat(shared.closest()).isEqualTo(foundAlone());
    assertThat(again.closest()).isEqualTo(foundAlone());
    assertThat(shared.count("pairs computed in all")).isEqualTo(PAIRS);
    long byWorkers =
        shared.count("pairs computed by process 2") + shared.count("pairs computed by process 3");
    assertThat(byWorkers).as(shared.said()).isPositive();
    assertThat(shared.count("pairs computed by this process") + byWorkers).isEqualTo(PAIRS);
    assertThat(again.count("pairs computed in all")).isZero();
    assertThat(again.count("pairs from cache in this process")).isEqualTo(PAIRS);
  }

  private List<String> foundAlone() throws Exception {
    if (foundAlone.isEmpty()) {
      String alone = "--threads 1 " + ALL_PAIRS + " --directory " + folder.resolve("alone.memo");
      foundAlone = start(alone).ended().closest();
    }
    assertThat(foundAlone).hasSize(1 + PAIRS);
    return foundAlone;
  }

  @Test
  void workThatProcessesDoNotShareIsDoneTwice() throws Exception {
    Job one = start("--classes 30 --directory " + folder.resolve("one.memo"));
    Job other = start("--classes 30 --directory " + folder.resolve("other.memo"));

    assertThat(one.ended().count("pairs computed") + other.ended().count("pairs computed"))
        .isEqualTo(2 * 435);
  }

  @Test
  @Tag("heavy")
  @EnabledOnOs(OS.LINUX)
  void killedWorkerLosesNothingAndTheOthersDoTheRest() throws Exception {
    killWorkerOf(directory, false);
  }

  @Test
  @Tag("heavy")
  @EnabledOnOs(OS.LINUX)
  void killedWorkerThatLeadsTheDirectoryLosesNothingEither() throws Exception {
    killWorkerOf(directory, true);
  }

  @SuppressWarnings("try") // the binding is for its end only
  private void killWorkerOf(Path shared, boolean asPrimary) throws Exception {
    List<DistanceArgs> pairs = SimilarClasses.pairs(ClassFile.ofThisRuntime(CLASSES));
    Job job;
    ProcessHandle worker;
    try (Binding binding = Memo.bind(SimilarClasses.DIRECTORY, shared)) {
      assertThat(SimilarityCached.DISTANCE.isCached(pairs.get(0))).isFalse(); // opens it
      job = start("--threads 2 --processes 2 " + ALL_PAIRS + " --directory " + shared);
      // not earlier: a JVM is started by a helper, which waits for process 1
      await("a worker", () -> job.process.children().anyMatch(WorkersTest::isWorker));
      job.signal("STOP");
      worker = job.process.children().filter(WorkersTest::isWorker).findAny().orElseThrow();
      DistanceArgs early = Worker.order(pairs, 2).get(20);
      await("a result of it", () -> SimilarityCached.DISTANCE.isCached(early));
      if (!asPrimary) {
        job.signal("CONT");
        assertThat(worker.destroyForcibly()).isTrue();
      }
    }
    if (asPrimary) {
      String owner = "pid=" + worker.pid();
      await("its lead", () -> Files.readAllLines(shared.resolve("owner")).contains(owner));
      job.signal("CONT");
      assertThat(worker.destroyForcibly()).isTrue();
    }
    assertThat(job.ended().process.exitValue()).as(job.said()).isZero();

    assertThat(Files.readString(job.errors))
        .containsOnlyOnce("similar-classes: process 2 died with exit value 137; the others did");
    assertThat(Files.readString(job.output)).contains("?  pairs computed by process 2");
    assertThat(job.count("pairs computed in all, at least"))
        .as("what the killed one had stored is not computed again")
        .isLessThan(PAIRS);
    assertThat(job.closest()).isEqualTo(foundAlone());
  }

  @Test
  void workersEndWhenTheProcessThatStartedThemIsKilled() throws Exception {
    Job job = start("--classes 420 --processes 3 --directory " + directory);
    await("workers", () -> job.process.children().count() == 2);
    List<ProcessHandle> workers = job.process.children().toList();

    job.process.destroyForcibly();

    try {
      await("their end", () -> workers.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      workers.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void directoryThatCannotBeOpenedIsNamedOnce() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a directory", UTF_8);

    Job job = start("--classes 30 --processes 3 --directory " + file).ended();

    assertThat(job.process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(job.errors)).containsOnlyOnce(file.toString());
  }

  @Test
  void whatHappenedToSeveralIsSaidOnce() {
    List<WorkerReport> reports =
        List.of(
            new WorkerReport(2, OptionalLong.of(1), Optional.of("failed: x")),
            new WorkerReport(3, OptionalLong.of(1), Optional.empty()),
            new WorkerReport(4, OptionalLong.empty(), Optional.of("failed: x")));

    assertThat(WorkerReport.failures(reports))
        .containsExactly("process 2, 4 failed: x; the others did the rest");
  }

  @Test
  void eachProcessHasAnOrderOfItsOwn() throws IOException {
    List<DistanceArgs> pairs = SimilarClasses.pairs(ClassFile.ofThisRuntime(30));

    assertThat(Worker.order(pairs, 2))
        .containsExactlyInAnyOrderElementsOf(pairs)
        .isEqualTo(Worker.order(pairs, 2))
        .isNotEqualTo(Worker.order(pairs, 3));
  }
}
