package dev.memo.parallel;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Progress for people: a bar that is drawn over itself, or lines.
 *
 * <p>The bar stands in the line below the cursor: a line that the program prints is not mixed with
 * it, and the bar moves down.
 */
final class ConsoleProgress implements ProgressListener {
  private static final Duration REDRAWN = Duration.ofMillis(200);
  private static final Duration LINES = Duration.ofSeconds(10);
  private static final int CELLS = 16;

  private static final String ERASE_FROM_HERE = "\033[J";
  private static final String DOWN = "\033D"; // as no other, scrolls and keeps the column
  private static final String UP = "\033M";
  private static final String SAVE_CURSOR = "\0337";
  private static final String RESTORE_CURSOR = "\0338";

  /**
   * What is longer than the terminal is wide would begin a new line each time; it is cut. Its last
   * character stays in the last column.
   */
  private static final String WRAP_OFF = "\033[?7l";

  private static final String WRAP_ON = "\033[?7h";

  /** Where Linux tells what standard error is. */
  private static final Path ERROR_OUTPUT = Path.of("/proc/self/fd/2");

  private final PrintStream out;
  private final boolean terminal;
  private final Thread exit = new Thread(this::leave, "memo-parallel-progress-exit");
  private @Nullable String drawn; // guarded by this
  private boolean left; // guarded by this

  ConsoleProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  static ConsoleProgress onThisConsole() {
    boolean terminal =
        isTerminal(System.console(), System.getenv("TERM")) && isTerminal(ERROR_OUTPUT);
    return new ConsoleProgress(System.err, terminal);
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

  /** A console tells of input and output, but errors may go to a file. Without a link they do. */
  static boolean isTerminal(Path link) {
    try {
      String device = Files.readSymbolicLink(link).toString();
      return device.startsWith("/dev/") && !device.equals("/dev/null");
    } catch (IOException | UnsupportedOperationException notOnThisSystem) {
      return true;
    }
  }

  @Override
  public Duration interval() {
    return terminal ? REDRAWN : LINES;
  }

  @Override
  public synchronized void progress(Progress progress) {
    if (left) {
      return; // the JVM is about to exit
    }
    String line = line(progress);
    if (!terminal) {
      out.println(line);
      return;
    }
    if (drawn == null) {
      watchExit(true);
    }
    drawn = line;
    // One write, so that lines of others are not torn. Down and up again: where that scrolls, the
    // cursor has to be saved afterwards.
    out.print(
        ERASE_FROM_HERE
            + DOWN
            + UP
            + SAVE_CURSOR
            + DOWN
            + "\r"
            + WRAP_OFF
            + bar(progress)
            + line
            + " "
            + WRAP_ON
            + RESTORE_CURSOR);
    out.flush();
  }

  @Override
  public synchronized void ended(Report report) {
    if (drawn != null) {
      drawn = null;
      watchExit(false);
    }
    out.println((terminal ? ERASE_FROM_HERE : "") + report);
  }

  /** The bar stays as a line where the program is stopped, or a prompt would be written into it. */
  synchronized void leave() {
    left = true;
    if (drawn != null) {
      out.println("\r" + ERASE_FROM_HERE + drawn);
      drawn = null;
    }
  }

  private void watchExit(boolean watched) {
    try {
      if (watched) {
        Runtime.getRuntime().addShutdownHook(exit);
      } else {
        Runtime.getRuntime().removeShutdownHook(exit);
      }
    } catch (IllegalStateException exiting) {
      // it is too late to be told, or has been told
    }
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
    if (progress.total().isPresent()) {
      long total = progress.total().getAsLong();
      text.append(total == 0 ? 100 : 100 * progress.done() / total).append("%, ");
      progress.remaining().ifPresent(left -> text.append(Times.rough(left)).append(" left, "));
      text.append(count(progress.done())).append(" of ").append(count(total));
    } else {
      text.append(count(progress.done())).append(" done");
    }
    part(text, progress.failed(), "failed");
    part(text, progress.hits(), "hit");
    part(text, progress.misses(), "run");
    part(text, progress.waiting(), "waiting");
    if (progress.perSecond() > 0) {
      text.append(", ").append(rate(progress.perSecond()));
    }
    return text.toString();
  }

  private static String rate(double perSecond) {
    if (perSecond < 1) {
      return String.format(Locale.ROOT, "%.1f/min", 60 * perSecond);
    }
    return String.format(Locale.ROOT, perSecond < 100 ? "%.1f/s" : "%,.0f/s", perSecond);
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
