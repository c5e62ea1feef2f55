package dev.memo.parallel;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Progress for people: a bar that is drawn over itself, or lines. */
final class ConsoleProgress implements ProgressListener {
  private static final Duration REDRAWN = Duration.ofMillis(200);
  private static final Duration LINES = Duration.ofSeconds(10);
  private static final int CELLS = 16;
  private static final String ERASE_REST_OF_LINE = "\033[K";

  /** What is longer than the terminal is wide would begin a new line each time; it is cut. */
  private static final String WRAP_OFF = "\033[?7l";

  private static final String WRAP_ON = "\033[?7h";

  private final PrintStream out;
  private final boolean terminal;

  ConsoleProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  static ConsoleProgress onThisConsole() {
    return new ConsoleProgress(System.err, isTerminal(System.console(), System.getenv("TERM")));
  }

  /** Before JDK 22 there is a console only if it is a terminal; from then on it says so itself. */
  static boolean isTerminal(@Nullable Console console, @Nullable String term) {
    if (console == null || term == null || term.equals("dumb")) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException beforeJdk22) {
      return true;
    }
  }

  @Override
  public Duration interval() {
    return terminal ? REDRAWN : LINES;
  }

  @Override
  public void progress(Progress progress) {
    if (terminal) {
      // One write, so that lines of others are not torn; the cursor stays at the beginning.
      out.print(WRAP_OFF + bar(progress) + line(progress) + ERASE_REST_OF_LINE + WRAP_ON + "\r");
      out.flush();
    } else {
      out.println(line(progress));
    }
  }

  @Override
  public void ended(Report report) {
    out.println((terminal ? ERASE_REST_OF_LINE : "") + report);
  }

  private static String bar(Progress progress) {
    if (progress.total().isEmpty()) {
      return "";
    }
    long total = Math.max(progress.total().getAsLong(), 1);
    int full = (int) (Math.min(progress.done(), total) * CELLS / total);
    return "[" + "#".repeat(full) + "-".repeat(CELLS - full) + "] ";
  }

  /** What matters most comes first: a narrow terminal shows no more. */
  static String line(Progress progress) {
    StringBuilder text = new StringBuilder();
    text.append(count(progress.done()));
    if (progress.total().isPresent()) {
      long total = progress.total().getAsLong();
      text.append('/').append(count(total));
      text.append(" (").append(total == 0 ? 100 : 100 * progress.done() / total).append("%)");
    }
    progress
        .remaining()
        .ifPresent(left -> text.append(", ").append(Times.format(left)).append(" left"));
    part(text, progress.failed(), "failed");
    part(text, progress.hits(), "hit");
    part(text, progress.misses(), "run");
    part(text, progress.waiting(), "waiting");
    text.append(String.format(Locale.ROOT, ", %,.1f/s", progress.perSecond()));
    return text.toString();
  }

  private static void part(StringBuilder text, long number, String name) {
    if (number > 0) {
      text.append(", ").append(count(number)).append(' ').append(name);
    }
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
