package dev.memo.call;

/** Why a call found no value. */
public enum MissReason {
  /** Nothing was stored. */
  ABSENT,
  /** What was stored is in an unknown format. */
  FORMAT,
  /** What was stored is damaged. */
  DAMAGED,
  /** What was stored belongs to other arguments with the same digest. */
  COLLISION,
  /** A class of the stored value has changed. */
  SHAPES,
  /** The codec failed on what was stored. */
  UNDECODABLE,
  /** The database could not be read; or its thread was interrupted, or had too little stack. */
  UNREADABLE,
  /** Waiting for another's computation would never have ended. */
  CYCLE,
  /** No primary of the directory answers; or it is only read, and could not be. */
  NO_PRIMARY,
  /** Waiting for another's computation took longer than the limit. */
  MAX_WAIT,
  /** Another's computation ended without saying how: an error came between. */
  ABANDONED,
  /** The thread was interrupted while it waited for another's computation. */
  INTERRUPTED,
  /**
   * The fork-join pool of the thread could not replace it while it waited; or there was no thread
   * on which a call that had waited could go on.
   */
  NO_SPARE_THREAD,
  /** The computation that it waited for failed. */
  FAILED,
  /** The result that it waited for has no form in which it can be shared. */
  UNSHARED
}
