package dev.memo.call;

/** Why a result was returned but not stored. */
public enum UnstoredReason {
  /** It has no form that can be stored, is too large, or there was no memory for its bytes. */
  UNCACHEABLE,
  /** It was invalidated, put or refreshed while it was computed. */
  OUTDATED,
  /** The database did not accept it: no space, or an input/output error. */
  REFUSED,
  /** Another result was stored first, and this program cannot read that one. */
  LOST,
  /** An argument was changed before the future of the function had completed. */
  CHANGED_ARGUMENT,
  /** The directory was closed while it was computed. */
  CLOSED,
  /** The directory is open in this process to be read only. */
  READ_ONLY
}
