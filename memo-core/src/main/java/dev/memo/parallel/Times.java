package dev.memo.parallel;

import java.time.Duration;
import java.util.Locale;

/** Durations as people say them: two units at most. */
final class Times {
  private Times() {}

  /** As people say how long something will take: in whole seconds, and at least one. */
  static String rough(Duration duration) {
    long seconds = Math.max(duration.plusMillis(500).toSeconds(), 1);
    return seconds < 60 ? seconds + " s" : format(Duration.ofSeconds(seconds));
  }

  static String format(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds < 1) {
      return duration.toMillis() + " ms";
    } else if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1_000.0);
    } else if (seconds < 3_600) {
      return seconds / 60 + " min " + seconds % 60 + " s";
    } else if (seconds < 86_400) {
      return seconds / 3_600 + " h " + seconds / 60 % 60 + " min";
    }
    return seconds / 86_400 + " d " + seconds / 3_600 % 24 + " h";
  }
}
