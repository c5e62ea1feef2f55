package dev.memo.history;

import dev.memo.call.DelegatingPrimary;
import dev.memo.claims.Answer;
import dev.memo.claims.CallKey;
import dev.memo.claims.Chain;
import dev.memo.claims.Claim;
import dev.memo.claims.Primary;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.history.Operation.Source;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes down what the primary answers to the results of each thread. */
class RecordingPrimary extends DelegatingPrimary {
  private final Primary target;
  private final Supplier<Recorder> recorder;

  RecordingPrimary(Primary target, Supplier<Recorder> recorder) {
    super(target);
    this.target = target;
    this.recorder = recorder;
  }

  @Override
  public @Nullable Stored readNearby(CallKey key, int variant) {
    recorder.get().foundIn(Source.PRIMARY); // unless the process finds it itself
    Stored stored = target.readNearby(key, variant);
    if (stored == null) {
      recorder.get().foundIn(Source.FLIGHT); // or it asks for a claim
    }
    return stored;
  }

  @Override
  public Answer claim(CallKey key, int variant, long rejected, Chain chain) {
    recorder.get().foundIn(Source.PRIMARY);
    return target.claim(key, variant, rejected, chain);
  }

  @Override
  public PutAnswer put(CallKey key, int variant, Claim claim, byte[] entry, long rejected) {
    return answered(target.put(key, variant, claim, entry, rejected));
  }

  @Override
  public PutAnswer replace(CallKey key, int variant, byte[] entry, long start) {
    return answered(target.replace(key, variant, entry, start));
  }

  private PutAnswer answered(PutAnswer answer) {
    recorder.get().answered(named(answer));
    return answer;
  }

  private static Operation.Answer named(PutAnswer answer) {
    if (answer instanceof PutAnswer.Kept) {
      return Operation.Answer.KEPT;
    } else if (answer instanceof PutAnswer.Lost) {
      return Operation.Answer.LOST;
    } else if (answer instanceof PutAnswer.Outdated) {
      return Operation.Answer.OUTDATED;
    } else if (answer instanceof PutAnswer.Spooled) {
      return Operation.Answer.SPOOLED;
    }
    return Operation.Answer.REFUSED;
  }
}
