package dev.memo.call;

import dev.memo.claims.CallKey;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call from all others of its function in this process, also from one whose call key
 * collides with its own: by its encoded arguments as far as an entry has a copy of them, by their
 * SHA-256 beyond. Immutable.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content, below
record ExactKey(CallKey key, byte[] arguments) {

  static ExactKey of(CallKey key, EncodedArguments arguments) {
    boolean copied = arguments.length() <= Entry.MAX_COPIED_ARGUMENTS;
    return new ExactKey(key, copied ? arguments.bytes() : arguments.digest());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ExactKey that
        && key.equals(that.key)
        && Arrays.equals(arguments, that.arguments);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }
}
