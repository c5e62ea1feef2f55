package dev.memo.claims;

/** A result that is on its way to the primary. It is stored when {@link #await} has returned. */
@FunctionalInterface
public interface PendingPut {

  /**
   * Returns what {@link Primary#put} would. To be called once, by any thread, before the
   * computation is {@linkplain Primary#release released}: who leaves it out may lose the result.
   */
  PutAnswer await();
}
