package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.claims.CallKey;
import dev.memo.claims.Claim;
import dev.memo.claims.PutAnswer;
import dev.memo.codec.Entry;
import dev.memo.failure.DirectoryClosedException;
import dev.memo.failure.StoreException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds results that were stored when the function had another name, and adopts them: they are
 * stored again under its own name, with the start of their computation. So the primary judges them
 * as any result that comes late: what was put, refreshed or invalidated under the own name after
 * that start outdates them, and what was stored first wins.
 *
 * <p>They are put without a claim. An outdated one must not end the claim of the call, whose holder
 * computes next. Costs nothing as long as values are found; then one or two look-ups for each
 * alias. Thread-safe.
 */
final class Aliases<A extends @Nullable Object, R extends @Nullable Object> {
  private final FunctionParts<A, R, ?> parts;
  private final Results<A, R> results;
  private final long[] functionIds;

  /**
   * What was found.
   *
   * @param source {@link HitSource#DISK} if another one was stored first
   */
  record Adopted<R extends @Nullable Object>(Found<R> found, HitSource source) {}

  Aliases(FunctionParts<A, R, ?> parts, Results<A, R> results) {
    this.parts = parts;
    this.results = results;
    this.functionIds =
        parts.spec.aliases().stream().mapToLong(FunctionIdentity::functionId).toArray();
  }

  /** Looks before something is computed; if there is a result, that computation is over. */
  Start<R> before(Request<A> request, Start.AtRun<R> run) {
    if (functionIds.length == 0 || run.reason() == MissReason.NO_PRIMARY) {
      return run; // without a primary nobody could tell whether a result counts
    }
    boolean computes = false;
    try {
      Adopted<R> adopted = find(request, run.slot());
      if (adopted != null) {
        return new Start.AtHit<>(adopted.found(), adopted.source());
      }
      computes = true;
      return run;
    } finally {
      if (!computes) {
        results.release(request.key(), run.slot(), run.claim());
      }
    }
  }

  /**
   * The result under the first alias that has one that counts, or null.
   *
   * @param slot where the call has no result that can be used
   */
  @Nullable Adopted<R> find(Request<A> request, Slot slot) {
    for (long functionId : functionIds) {
      Adopted<R> adopted;
      try {
        adopted = find(functionId, request, slot);
      } catch (DirectoryClosedException | StoreException e) {
        parts.notices.warn(
            "alias", "Cannot look for results of " + parts.spec.identity() + " under aliases", e);
        return null;
      }
      if (adopted != null) {
        return adopted;
      }
    }
    return null;
  }

  private @Nullable Adopted<R> find(long functionId, Request<A> request, Slot slot) {
    CallKey former = parts.equivalence.key(functionId, request.arguments());
    return parts.reader.read(former, request.arguments()) instanceof Found<R> found
        ? adopt(found, request, slot)
        : null;
  }

  /** Null if it does not count, or nobody can say whether it does. */
  private @Nullable Adopted<R> adopt(Found<R> found, Request<A> request, Slot slot) {
    byte[] entry = bytes(found.entry());
    long start = found.entry().start();
    PutAnswer answer =
        parts.primary.put(
            request.key(), slot.variant(), new Claim(0, start), entry, slot.rejected());
    if (answer instanceof PutAnswer.Kept) {
      parts.counters.bytesWritten.add(entry.length);
      return new Adopted<>(found, HitSource.ALIAS);
    } else if (answer instanceof PutAnswer.Lost lost) {
      return parts.reader.examine(lost.winner(), request.arguments(), slot)
              instanceof Found<R> winner
          ? new Adopted<>(winner, HitSource.DISK)
          : null;
    } else if (answer instanceof PutAnswer.ReadOnly) {
      return parts.primary.isOutdated(request.key(), start)
          ? null
          : new Adopted<>(found, HitSource.ALIAS);
    }
    return null;
  }

  private static byte[] bytes(Entry entry) {
    byte[] all = entry.bytes();
    return Arrays.copyOfRange(all, all.length - entry.size(), all.length);
  }
}
