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
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Another process. It does what each line of its standard input asks for, and answers with a line;
 * it ends with its input. Not thread-safe.
 */
final class Peer implements AutoCloseable {
  private static final Logger MEMO = Logger.getLogger("dev.memo");

  /** What a library prints there later is no answer. */
  private static final PrintStream ANSWERS = System.out;

  private final Process process;
  private final PrintWriter to;
  private final BufferedReader from;

  private Peer(Process process) {
    this.process = process;
    this.to = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    this.from = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a program that {@linkplain #serve serves}; returns when it does. */
  static Peer start(Class<?> main, List<String> options, Object... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx512m");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Peer peer =
          new Peer(
              new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
      String unused = peer.hear();
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a peer does when it is asked. */
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
  }
}
