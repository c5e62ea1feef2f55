package dev.memo.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A JVM that runs a test's {@code main} and is killed when it has not ended at close. */
public final class ChildJvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final BufferedReader output;
  private final List<String> seen = new ArrayList<>();

  private ChildJvm(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  public static Builder of(Class<?> main, Object... arguments) {
    return new Builder(main, arguments);
  }

  public Process process() {
    return process;
  }

  /** The first line from now on that begins with one of these. */
  public String awaitLine(String... starts) {
    String wanted = String.join(" or ", starts);
    CompletableFuture<@Nullable String> line =
        CompletableFuture.supplyAsync(() -> readUntil(starts), run -> new Thread(run).start());
    try {
      String found = line.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (found == null) {
        throw new AssertionError("the child ended without " + wanted + ": " + lastLines());
      }
      return found;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the child never said " + wanted + ": " + lastLines(), e);
    }
  }

  private @Nullable String readUntil(String... starts) {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        seen.add(line);
        if (Arrays.stream(starts).anyMatch(line::startsWith)) {
          return line;
        }
      }
      return null;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Kills it as {@code kill -9} does, and returns what it said that was not read yet. */
  public List<String> kill() {
    // not by the process itself, which would close the stream that is still to be read
    process.toHandle().destroyForcibly();
    return awaitEnd();
  }

  /** Waits for its end and returns what it said that was not read yet. */
  public List<String> awaitEnd() {
    int before = seen.size();
    CompletableFuture<@Nullable String> rest =
        CompletableFuture.supplyAsync(() -> readUntil(), run -> new Thread(run).start());
    try {
      rest.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the child does not end: " + lastLines());
      }
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the child does not end: " + lastLines(), e);
    }
    return List.copyOf(seen.subList(before, seen.size()));
  }

  private List<String> lastLines() {
    return List.copyOf(seen.subList(Math.max(0, seen.size() - 20), seen.size()));
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** How a child is started. */
  public static final class Builder {
    private static final Path OWN_JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /**
     * From here on JVMs warn of native code and of Unsafe, in the midst of a line if it so comes.
     */
    private static final int WARNING_JDK = 24;

    private static final boolean FULL_SIZE = "soak".equals(System.getProperty("memo.test.size"));

    /** What does not live long does not gain by what takes time to begin. */
    private static final List<String> SHORT_LIFE =
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final Class<?> main;
    private final Object[] arguments;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private boolean nativeAccess = true;
    private boolean shortLived = !FULL_SIZE;
    private Path java = OWN_JAVA;

    private Builder(Class<?> main, Object... arguments) {
      this.main = main;
      this.arguments = arguments;
    }

    /** Words before the command, such as one that drops privileges. */
    public Builder prefix(String... words) {
      prefix.addAll(List.of(words));
      return this;
    }

    public Builder option(String option) {
      options.add(option);
      return this;
    }

    /** For one that a JDK 24 or later shall not let call native code, or warn of it. */
    public Builder withoutNativeAccess() {
      nativeAccess = false;
      return this;
    }

    /** For one that is short even where tests have their full size. */
    public Builder shortLived() {
      shortLived = true;
      return this;
    }

    /**
     * For one that races, and shall do so with all that compilers may do to the order of things.
     */
    public Builder longLived() {
      shortLived = false;
      return this;
    }

    public Builder java(Path executable) {
      java = executable;
      return this;
    }

    public ChildJvm start() {
      List<String> command = new ArrayList<>(prefix);
      command.add(java.toString());
      command.add("-Xmx256m");
      boolean warns = Runtime.version().feature() >= WARNING_JDK || !java.equals(OWN_JAVA);
      if (warns && nativeAccess) {
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dkryo.unsafe=false"));
      }
      if (shortLived) {
        command.addAll(SHORT_LIFE);
      }
      command.addAll(options);
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(main.getName());
      for (Object argument : arguments) {
        command.add(argument.toString());
      }
      try {
        return new ChildJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
