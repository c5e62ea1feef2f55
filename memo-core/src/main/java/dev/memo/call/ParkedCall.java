package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.Answer;
import dev.memo.claims.Chain;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits for a flight of this process, or for a claim of another chain, without a
 * thread.
 *
 * <p>A claim that is handed to it goes on to the next waiter at once, or to nobody: it may take
 * long until a thread can compute, and meanwhile another one would wait for nothing. Thread-safe,
 * but for the end of the wait, which is of one thread.
 */
final class ParkedCall<A extends @Nullable Object, R extends @Nullable Object> implements Parked {
  private final FunctionParts<A, R, ?> parts;
  private final Request<A> request;
  private final Missing<R> missing;
  private final Waiting.Pending wait;
  private final @Nullable Flight flight;
  private final @Nullable Asked<A, R> asked;

  /** The claim that was asked for, and the wait that was the answer. */
  private record Asked<A extends @Nullable Object, R extends @Nullable Object>(
      ClaimRequest<A, R> claim, int variant, Answer.Wait waiting) {

    void abandon(FunctionParts<A, R, ?> parts, Request<A> request) {
      parts.primary.abandon(request.key(), variant, waiting);
    }
  }

  private ParkedCall(
      FunctionParts<A, R, ?> parts,
      Request<A> request,
      Missing<R> missing,
      Waiting.Pending wait,
      @Nullable Flight flight,
      @Nullable Asked<A, R> asked) {
    this.parts = parts;
    this.request = request;
    this.missing = missing;
    this.wait = wait;
    this.flight = flight;
    this.asked = asked;
  }

  /** Begins to wait for a flight. */
  static <A extends @Nullable Object, R extends @Nullable Object> ParkedCall<A, R> forFlight(
      FunctionParts<A, R, ?> parts,
      Request<A> request,
      Missing<R> missing,
      Flight flight,
      Waiting waiting,
      Chain chain) {
    Waiting.Pending wait =
        waiting.begin(chain, flight.leader(), flight.landing(), parts.maxWaitNanos());
    return new ParkedCall<>(parts, request, missing, wait, flight, null);
  }

  /** Begins to wait for a claim. */
  static <A extends @Nullable Object, R extends @Nullable Object> ParkedCall<A, R> forClaim(
      FunctionParts<A, R, ?> parts,
      Request<A> request,
      Missing<R> missing,
      ClaimRequest<A, R> claim,
      Start.AtWait<R> told,
      Waiting waiting,
      Chain chain) {
    Answer.Wait toldWait = told.waiting();
    Asked<A, R> asked = new Asked<>(claim, told.slot().variant(), toldWait);
    CompletableFuture<Answer> holdsNothing =
        toldWait
            .next()
            .thenApply(
                answer -> {
                  if (!(answer instanceof Answer.Hit)) {
                    InTurn.run(() -> asked.abandon(parts, request));
                  }
                  return answer;
                });
    Waiting.Pending wait =
        waiting.begin(chain, toldWait.holder(), holdsNothing, parts.maxWaitNanos());
    return new ParkedCall<>(parts, request, missing, wait, null, asked);
  }

  /** An equal call of the batch, which waits for the same. The wait of one is known for all. */
  ParkedCall<A, R> twin(Request<A> equal) {
    CompletableFuture<@Nullable MissReason> over =
        wait.over().<@Nullable MissReason>handle((gaveUp, failure) -> null);
    return new ParkedCall<>(
        parts, equal, missing, new Waiting.Pending(over, over, () -> {}), flight, null);
  }

  /** Whether it is a call of this function. */
  boolean isOf(FunctionParts<?, ?, ?> function) {
    return function == parts;
  }

  boolean isOver() {
    return wait.over().isDone();
  }

  /** Why the call should compute instead of waiting; null if it should not. */
  @Nullable MissReason gaveUp() {
    MissReason gaveUp = wait.over().getNow(null);
    // Until a thread was free what had taken too long may have come.
    return gaveUp == MissReason.MAX_WAIT && wait.awaited().isDone() ? null : gaveUp;
  }

  @Override
  public void whenOver(Runnable then) {
    CompletableFuture<Void> unused = wait.over().thenRun(then);
  }

  @Override
  public void end() {
    wait.end().run();
    if (gaveUp() != null) {
      abandon();
    }
  }

  @Override
  public void drop() {
    wait.end().run();
    boolean unused = wait.over().complete(MissReason.INTERRUPTED); // else it would be timed on
    if (gaveUp() != null) {
      abandon();
    }
    parts.counters.miss(MissReason.INTERRUPTED);
  }

  /** Takes note that it is not gone on with, after its wait was ended. */
  void giveUp() {
    parts.counters.miss(missing.reason());
  }

  private void abandon() {
    if (asked != null) {
      asked.abandon(parts, request);
    }
  }

  /** The call as it was tried: with the epochs of before the wait. */
  Request<A> request() {
    return request;
  }

  /** What it had found then. */
  Missing<R> missing() {
    return missing;
  }

  /** The flight that it waited for, if that is what it did. */
  @Nullable Flight flight() {
    return flight;
  }

  /** The value that came with the answer to the wait, which is over; null if none did. */
  @Nullable Found<R> found() {
    return asked == null ? null : asked.claim.find(asked.waiting.next().join());
  }
}
