package dev.memo.claims;

import dev.memo.codec.EncodedArguments;
import java.util.Arrays;

/** Call keys that collide. */
public final class CutDigests {
  private CutDigests() {}

  /** The key with only so many bytes of the arguments' digest, however short the arguments are. */
  public static CallKey of(long functionId, EncodedArguments arguments, int digestBytes) {
    return CallKey.ofDigest(functionId, Arrays.copyOf(arguments.digest(), digestBytes));
  }
}
