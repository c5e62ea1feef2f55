package dev.memo.store;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Commands of the operating system that a test cannot do without. */
public final class Commands {
  private Commands() {}

  /** Whether this command is there, may be run, and ends well. */
  public static boolean succeeds(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // it is not there
    }
  }
}
