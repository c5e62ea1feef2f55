package dev.memo.process.reads;

import dev.memo.claims.Epochs;

/** What the owner of a directory shows to all its processes. Thread-safe, as cheap as epochs. */
public interface OwnerPage extends Epochs {

  /** Counts the owners of the directory. */
  long ownerEpoch();

  /** How many changes the database had when the last one was acknowledged; 0 if not known. */
  long lastChange();

  /**
   * How many changes the database had at the last one that removed or replaced something; 0 if not
   * known.
   */
  long lastRemoval();
}
