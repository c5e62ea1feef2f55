package dev.memo.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Another process. It does what each line of its standard input asks for, and answers with a line;
 * it ends with its input. Not thread-safe.
 */
final class Child implements AutoCloseable {
  private static final Logger MEMO = Logger.getLogger("dev.memo");

  /** What a library prints there later is no answer. */
  private static final PrintStream ANSWERS = System.out;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Those that run; guarded by itself. */
  private static final List<Process> RUNNING = new ArrayList<>();

  /** Whether the program ends, and starts no others; guarded by the list. */
  private static boolean ending;

  /** What JDKs warn of that know these options: native code, and what some peers use. */
  private static final List<String> QUIET =
      Runtime.version().feature() < 24
          ? List.of()
          : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final PrintWriter to;
  private final BufferedReader from;

  private Child(Process process) {
    this.process = process;
    this.to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    this.from = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a program that {@linkplain #serve serves}; returns when it does. */
  static Child start(Class<?> main, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(QUIET);
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Child child = new Child(start(command));
      String unused = child.hear();
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    synchronized (RUNNING) {
      if (ending) {
        throw new IllegalStateException("the program ends");
      }
      Process started = builder.start();
      RUNNING.add(started);
      return started;
    }
  }

  /**
   * For a program that ends by a signal: ends those that run, and what they have started; returns
   * when they have ended. No others can be started after it.
   */
  static void endAll() {
    List<ProcessHandle> all = new ArrayList<>();
    synchronized (RUNNING) {
      ending = true;
      for (Process process : RUNNING) {
        process.descendants().forEach(all::add);
        all.add(process.toHandle());
      }
    }
    all.forEach(ProcessHandle::destroy); // first as asked, so that libraries remove what they wrote
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (ProcessHandle each : all) {
      if (!hasEnded(each, deadline - System.nanoTime())) {
        each.destroyForcibly();
        boolean unused = hasEnded(each, PATIENCE.toNanos());
      }
    }
  }

  private static boolean hasEnded(ProcessHandle process, long nanos) {
    try {
      ProcessHandle unused = process.onExit().get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What a child does when it is asked. */
  interface Answers {
    String answer(String[] words) throws Exception;
  }

  /** For a program that serves, before it uses memo: what it writes is for warnings. */
  static void becomeQuiet() {
    MEMO.setLevel(Level.WARNING);
  }

  /** As above; what libraries print is for nobody. */
  static void becomeSilent() {
    becomeQuiet();
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
  }

  /** Answers until the input ends. A question that fails ends the process. */
  static void serve(Answers answers) throws IOException {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      ANSWERS.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        ANSWERS.println(answers.answer(line.split(" ", -1)));
      }
    } catch (Throwable failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  long pid() {
    return process.pid();
  }

  String ask(String question) {
    say(question);
    return hear();
  }

  double askNumber(String question) {
    return Double.parseDouble(ask(question));
  }

  /** Asks without waiting for the answer. */
  void say(String question) {
    to.println(question);
  }

  String hear() {
    try {
      String answer = from.readLine();
      if (answer == null) {
        throw new IllegalStateException("a process ended; see what it wrote above");
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns when it has ended. */
  @Override
  public void close() {
    to.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    synchronized (RUNNING) {
      RUNNING.remove(process);
    }
  }
}
