package dev.memo.store;

/**
 * Makes a stack overflow happen before anything is held, not while it is given back.
 *
 * <p>A {@code finally} block needs stack too. Code that takes what must be given back first asks
 * for as much stack as the giving back will need: what was free once, at the same depth, is free
 * again when the code in between has returned or thrown. Asking costs about a nanosecond for 32
 * bytes.
 */
public final class StackReserve {
  /** The smallest frame of a compiled method, halved because one call is compiled into another. */
  private static final int MIN_FRAME_BYTES = 16;

  private StackReserve() {}

  /**
   * Returns if there are so many bytes of stack left, or somewhat more.
   *
   * @throws StackOverflowError if not
   */
  public static void require(int bytes) {
    int unused = descend(bytes / MIN_FRAME_BYTES);
  }

  private static int descend(int frames) {
    return frames == 0 ? 0 : descend(frames - 1) + 1;
  }
}
