package dev.memo.claims;

import dev.memo.failure.StoreException;

/** What the primary answers to a result. */
public sealed interface PutAnswer {

  /** The result is stored under this sequence. */
  record Kept(long sequence) implements PutAnswer {}

  /** Another result was stored first: this one. */
  record Lost(Stored winner) implements PutAnswer {}

  /** The call was invalidated, put or refreshed after the computation began; nothing was stored. */
  record Outdated() implements PutAnswer {}

  /** No primary answers: the result is in this process's spool, and stored when one does. */
  record Spooled() implements PutAnswer {}

  /** The directory is open in this process to be read only: nothing was stored. */
  record ReadOnly() implements PutAnswer {}

  /** The database refused to write; nothing was stored. */
  record Refused(StoreException cause) implements PutAnswer {}
}
