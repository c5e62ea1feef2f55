package dev.memo.call;

import dev.memo.claims.CallKey;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;

/**
 * Which calls of a function are one and the same. Open only for tests, which force call keys to
 * collide and switch off what keeps such calls apart. Thread-safe.
 */
class CallEquivalence {
  static final CallEquivalence EXACT = new CallEquivalence();

  /** What names the call in the database. */
  CallKey key(long functionId, EncodedArguments arguments) {
    return CallKey.of(functionId, arguments);
  }

  /** What names the call in memory: in the heap tier and among the flights. */
  ExactKey exact(CallKey key, EncodedArguments arguments) {
    return ExactKey.of(key, arguments);
  }

  /** Rejects an entry that was found under the call's key but belongs to another call. */
  void requireSame(Entry entry, EncodedArguments arguments) throws EntryRejectedException {
    entry.requireArguments(arguments);
  }
}
