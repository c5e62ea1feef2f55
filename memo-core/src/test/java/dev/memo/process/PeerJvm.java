package dev.memo.process;

import dev.memo.store.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JVM for peers, one after the other: to begin one takes a second of a processor, and tests need
 * some hundred. One that was killed, stopped or left with something to do is not used again.
 */
final class PeerJvm {
  private static final int MOST_SPARE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Deque<PeerJvm> SPARE = new ArrayDeque<>(); // guarded by itself

  private final ChildJvm child;
  private final boolean isOrdinary;
  private final PrintStream input;
  private @Nullable Consumer<String> hearer; // guarded by this

  private PeerJvm(ChildJvm child, boolean isOrdinary) {
    this.child = child;
    this.isOrdinary = isOrdinary;
    this.input = new PrintStream(child.process().getOutputStream(), true, StandardCharsets.UTF_8);
    Thread listener = new Thread(this::listen, "listens to " + child.process().pid());
    listener.setDaemon(true);
    listener.start();
  }

  /** One with the usual options, maybe used before. */
  static PeerJvm ordinary(Class<?> program) {
    synchronized (SPARE) {
      while (!SPARE.isEmpty()) {
        PeerJvm spare = SPARE.pop();
        if (spare.child.process().isAlive()) {
          return spare;
        }
      }
    }
    return new PeerJvm(ChildJvm.of(program).shortLived().start(), true);
  }

  /**
   * A new one for one peer.
   *
   * @param surroundings says what is special about it
   */
  static PeerJvm special(Class<?> program, Consumer<ChildJvm.Builder> surroundings) {
    ChildJvm.Builder builder = ChildJvm.of(program).shortLived();
    surroundings.accept(builder);
    return new PeerJvm(builder.start(), false);
  }

  private void listen() {
    try (BufferedReader lines = child.process().inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        tell(line);
      }
    } catch (IOException e) {
      tell("cannot be heard: " + e);
    }
  }

  private synchronized void tell(String line) {
    if (hearer != null) {
      hearer.accept(line);
    }
  }

  /** Who is told each line from now on. */
  synchronized void toldTo(@Nullable Consumer<String> next) {
    hearer = next;
  }

  void write(String line) {
    input.println(line);
  }

  Process process() {
    return child.process();
  }

  boolean isOrdinary() {
    return isOrdinary;
  }

  /** For the next peer; what it does was done. */
  void giveBack() {
    toldTo(null);
    synchronized (SPARE) {
      if (SPARE.size() < MOST_SPARE) {
        SPARE.push(this);
        return;
      }
    }
    input.close();
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    child.process().toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Tells it that nothing more is to do, and waits for its end. */
  void leave() {
    input.close();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!child.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the process does not end: " + child.process().pid());
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
