package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.CapturedLog;
import dev.memo.store.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two class loaders of one JVM that both carry memo, as two web applications do: they behave like
 * two processes.
 */
@Tag("heavy")
@Timeout(180)
final class SecondLoaderTest {
  private static final int KEYS = 50;

  private final Path folder;
  private final Path path;
  private final Path temporary;
  private final Path libraries;

  SecondLoaderTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.path = folder.resolve("d");
    this.temporary = Files.createDirectory(folder.resolve("tmp"));
    this.libraries = folder.resolve("native");
  }

  /** How the second class loader calls the directory. */
  private enum Name {
    THE_SAME,
    WITH_DOTS,
    BY_A_LINK;

    Path of(Path path) throws IOException {
      return switch (this) {
        case THE_SAME -> path;
        case WITH_DOTS -> path.getParent().resolve("./d/../d/.");
        case BY_A_LINK -> Files.createSymbolicLink(path.resolveSibling("link"), path);
      };
    }
  }

  /** The JVM with the two class loaders, which is told what to do line by line. */
  private static final class Both implements AutoCloseable {
    final ChildJvm child;
    private final PrintStream commands;

    Both(ChildJvm child) {
      this.child = child;
      this.commands =
          new PrintStream(child.process().getOutputStream(), true, StandardCharsets.UTF_8);
    }

    String ask(Object... words) {
      commands.println(String.join(" ", List.of(words).stream().map(Object::toString).toList()));
      String answer = child.awaitLine("= ", "! ");
      assertThat(answer).startsWith("= ");
      return answer.substring(2);
    }

    void awaitRole(int loader, String role) {
      Openings.await("loader " + loader + " " + role, () -> ask(loader, "role").equals(role));
    }

    void requireOnce(int from) {
      long before = computed();
      for (int key = from; key < from + KEYS; key++) {
        String[] values = ask("race", key).split(" ", -1);
        assertThat(values[0]).isEqualTo(values[1]);
      }
      assertThat(computed() - before).as("computations").isEqualTo(KEYS);
    }

    private long computed() {
      return Long.parseLong(ask(1, "computed")) + Long.parseLong(ask(2, "computed"));
    }

    void leave() {
      commands.close();
      child.awaitEnd();
    }

    @Override
    public void close() {
      child.close();
    }
  }

  private Both start() {
    return new Both(
        ChildJvm.of(Loaders.class)
            .shortLived()
            .option("-Djava.io.tmpdir=" + temporary)
            .option("-Dmemo.native.dir=" + libraries)
            .start());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P1: two class loaders share a directory, and the second takes over from the first")
  void twoLoaders(Name name) throws IOException {
    try (Both both = start()) {
      both.ask(1, "begin", path);
      both.ask(2, "begin", name.of(path));
      assertThat(both.ask(1, "role")).isEqualTo("leads");
      both.awaitRole(2, "follows");
      both.requireOnce(0);
      assertThat(both.ask("libraries")).as("loaded").isEqualTo("1 shared, 0 private");

      String value = both.ask(1, "call", 1);
      both.ask(1, "end");
      both.awaitRole(2, "leads");
      assertThat(both.ask("libraries")).as("loaded").isEqualTo("1 shared, 1 private");
      assertThat(both.ask(2, "call", 1)).isEqualTo(value);

      both.ask(1, "begin", path);
      both.awaitRole(1, "follows");
      assertThat(both.ask(1, "call", 1)).isEqualTo(value);
      both.requireOnce(1_000);
      both.ask(2, "end");
      both.awaitRole(1, "leads");
      assertThat(both.ask(1, "call", 1_001)).isNotEqualTo(value);
      both.ask(1, "end");
      both.leave();
    }
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "P3: when both die at once nothing is lost, and no file is left behind but swept ones")
  void bothAreKilled(Name name) throws IOException {
    String value;
    try (Both both = start()) {
      both.ask(1, "begin", path);
      both.ask(2, "begin", name.of(path));
      both.ask(1, "end");
      both.awaitRole(2, "leads");
      value = both.ask(2, "call", 1);
      both.child.kill();
    }
    try (OpenDirectory directory = Openings.open(path, Openings.SOON)) {
      assertThat(GatedFunctions.of(directory).call("quick", 1)).isEqualTo(value);
    }
    assertNothingIsLeft();
  }

  @Test
  @DisplayName(
      "P4, P5: a second class loader that only reads computes, says so once, loads nothing")
  void theSecondOneOnlyReads() {
    try (Both both = start()) {
      both.ask(1, "begin", path);
      String stored = both.ask(1, "call", 1);
      both.ask(2, "read", path);
      String computed = both.ask(2, "call", 1);
      assertThat(computed).isNotEqualTo(stored);
      assertThat(both.ask(2, "call", 1)).as("kept in memory").isEqualTo(computed);
      assertThat(both.ask(2, "call", 2)).isNotEqualTo(stored);
      assertThat(both.ask(2, "computed")).isEqualTo("2");
      assertThat(both.ask(2, "warnings")).isEqualTo("1");
      assertThat(both.ask("libraries")).as("loaded").isEqualTo("1 shared, 0 private");
      both.ask(2, "end");
      both.ask(1, "end");
      both.ask(1, "read", path);
      assertThat(both.ask(1, "call", 1)).as("twin: the first one reads").isEqualTo(stored);
      assertThat(both.ask(1, "warnings")).isEqualTo("0");
      both.ask(1, "end");
      both.leave();
    }
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(Openings.names(temporary)).isEmpty();
    assertThat(Openings.names(libraries)).as("versions of the native library").hasSize(1);
    assertThat(List.of("s", "secondaries", "spool"))
        .allSatisfy(each -> assertThat(Openings.names(path.resolve(each))).isEmpty());
    assertThat(folder.resolve("d")).isDirectory();
  }

  /** What runs in the other JVM. */
  static final class Loaders {
    private Loaders() {}

    public static void main(String[] arguments) throws Exception {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(":", -1)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      try (URLClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
        UnaryOperator<String> first = new Tenant();
        UnaryOperator<String> second = tenantOf(loader);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          try {
            System.out.println("= " + carryOut(first, second, line));
          } catch (RuntimeException | IOException e) {
            System.out.println("! " + e);
          }
        }
      }
    }

    @SuppressWarnings("unchecked")
    private static UnaryOperator<String> tenantOf(ClassLoader loader)
        throws ReflectiveOperationException {
      Class<?> type = loader.loadClass(Tenant.class.getName());
      if (type == Tenant.class) {
        throw new AssertionError("the class was not loaded twice");
      }
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (UnaryOperator<String>) constructor.newInstance();
    }

    private static String carryOut(
        UnaryOperator<String> first, UnaryOperator<String> second, String line) throws IOException {
      String[] words = line.split(" ", 2);
      return switch (words[0]) {
        case "1" -> first.apply(words[1]);
        case "2" -> second.apply(words[1]);
        case "race" -> {
          CompletableFuture<String> other =
              CompletableFuture.supplyAsync(() -> second.apply("call " + words[1]));
          String one = first.apply("call " + words[1]);
          yield one + " " + other.join();
        }
        case "libraries" -> libraries();
        default -> throw new IllegalArgumentException(line);
      };
    }

    private static String libraries() throws IOException {
      List<String> mapped =
          Files.readAllLines(Path.of("/proc/self/maps")).stream()
              .filter(line -> line.contains("librocksdb"))
              .map(line -> line.substring(line.indexOf('/')))
              .distinct()
              .toList();
      long deleted = mapped.stream().filter(file -> file.endsWith("(deleted)")).count();
      return mapped.size() - deleted + " shared, " + deleted + " private";
    }
  }

  /** One of those that carry memo. Only classes of the JDK go in and out. */
  static final class Tenant implements UnaryOperator<String> {
    private final AtomicLong computed = new AtomicLong();
    private OpenDirectory directory;
    private GatedFunctions functions;
    private CapturedLog log;

    @Override
    public String apply(String command) {
      String[] words = command.split(" ", 2);
      return switch (words[0]) {
        case "begin" -> {
          directory = Openings.open(Path.of(words[1]), Openings.SOON);
          functions = GatedFunctions.of(directory, call -> computed.incrementAndGet());
          yield "";
        }
        case "read" -> {
          log = CapturedLog.of("dev.memo.process");
          computed.set(0);
          directory = ReadOnlyOpenings.open(Path.of(words[1]));
          functions = GatedFunctions.of(directory, call -> computed.incrementAndGet());
          yield "";
        }
        case "warnings" ->
            Long.toString(
                log.warnings().stream().filter(w -> w.contains("another class loader")).count());
        case "role" -> Openings.role(directory);
        case "call" -> functions.call("quick", Integer.parseInt(words[1]));
        case "computed" -> Long.toString(computed.get());
        case "end" -> {
          directory.close();
          yield "";
        }
        default -> throw new IllegalArgumentException(command);
      };
    }
  }
}
