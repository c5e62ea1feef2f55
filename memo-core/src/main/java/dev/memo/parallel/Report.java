package dev.memo.parallel;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a batch did. {@link #toString} is for people.
 *
 * <p>What is told of the cache is known if the function is a {@link dev.memo.call.CachedFunction}.
 * It is about the inputs of the batch, not about calls that the function makes of itself. Only of
 * functions that return futures it is what the function counted in this process meanwhile, whoever
 * called it.
 *
 * @param inputs inputs that succeeded or failed
 * @param computed runs of the function that returned
 * @param fromCache inputs that were answered without a run
 * @param failed inputs that failed at the last attempt
 * @param retried attempts after the first ones
 * @param wallTime from the first input to the last outcome
 * @param timeSaved how long those runs took, when they were made, whose results were found
 */
public record Report(
    long inputs,
    OptionalLong computed,
    OptionalLong fromCache,
    long failed,
    long retried,
    Duration wallTime,
    Optional<Duration> timeSaved) {

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(count(inputs)).append(inputs == 1 ? " input in " : " inputs in ");
    text.append(Times.format(wallTime));
    if (computed.isPresent() && fromCache.isPresent()) {
      row(text, "computed", count(computed.getAsLong()));
      row(text, "from cache", count(fromCache.getAsLong()));
      timeSaved.ifPresent(saved -> row(text, "time saved", Times.format(saved)));
    } else {
      row(text, "from cache", "unknown: the batch was not given the handle of a cached function");
    }
    row(text, "failed", count(failed));
    row(text, "retried", count(retried));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%n  %-10s  %s", name, value));
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
