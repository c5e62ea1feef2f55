package dev.memo.process;

import java.util.Map;

/**
 * How a directory is, as its primary knows it.
 *
 * @param leads whether this process is the primary
 * @param ownerEpoch how often a process began to be the primary
 * @param processes those that have the directory open, the primary included
 * @param claims computations under way that others would wait for
 * @param waits calls that wait for a claim, at most one of each call in each process
 * @param counts what was counted of the directory since it began, by name
 * @param functions what was counted of each function since the directory began, by name, under the
 *     identity that it was registered with
 */
public record DirectoryState(
    boolean leads,
    long ownerEpoch,
    int processes,
    long claims,
    long waits,
    Map<String, Long> counts,
    Map<String, Map<String, Long>> functions) {
  /** The name under which owners after the first one are counted. */
  public static final String TAKEOVERS = "takeovers";

  /** The name under which look-ups are counted that other processes asked a primary for. */
  public static final String ASKED = "asked";

  /** The name under which results are counted that were in a spool and are stored now. */
  public static final String FOLDED = "folded";

  /** The name under which results are counted that were in a spool and will not be stored. */
  public static final String DROPPED = "dropped";
}
