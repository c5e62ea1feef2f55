package dev.memo.call;

/** Where the value of a hit came from. */
public enum HitSource {
  /** This process's memory. */
  HEAP,
  /** A computation of the same call under way in this process. */
  FLIGHT,
  /** The directory's database. */
  DISK,
  /** The directory's database, where it was stored under a former name of the function. */
  ALIAS
}
