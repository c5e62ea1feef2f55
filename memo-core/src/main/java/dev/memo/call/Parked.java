package dev.memo.call;

/**
 * A call of a batch that waits for another's computation, and holds nothing meanwhile: no thread,
 * no flight, no claim. Its wait is known to whoever looks for cycles.
 */
public interface Parked {

  /** Has this run when the wait is over: at once if it is, else on any thread. It may not block. */
  void whenOver(Runnable then);

  /** Ends the wait that is over. To be called once, before the call is tried again. */
  void end();

  /** Gives the call up, whether or not its wait is over. To be called once, instead of the end. */
  void drop();
}
