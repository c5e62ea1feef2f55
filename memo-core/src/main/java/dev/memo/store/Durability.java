package dev.memo.store;

/** What a stored result survives. */
public enum Durability {
  /** The end of any process, {@code kill -9} included. */
  PROCESS_CRASH,
  /** A power cut as well: every write is forced to the medium before it is acknowledged. */
  POWER_LOSS
}
