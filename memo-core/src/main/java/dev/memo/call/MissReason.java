package dev.memo.call;

/** Why a call ran its function. */
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
  /** The database could not be read. */
  UNREADABLE,
  /** Waiting for another's computation would never have ended. */
  CYCLE,
  /** Waiting for another's computation took longer than the limit. */
  MAX_WAIT,
  /** The thread was interrupted while it waited for another's computation. */
  INTERRUPTED,
  /** Another's computation failed, or its result could not be shared. */
  FOLLOWED
}
