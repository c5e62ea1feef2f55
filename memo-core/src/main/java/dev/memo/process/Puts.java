package dev.memo.process;

import dev.memo.claims.CallKey;
import dev.memo.claims.PutAnswer;
import dev.memo.claims.Stored;
import dev.memo.failure.StoreException;
import dev.memo.process.Functions.KnownFunction;
import dev.memo.process.HeldClaim.Found;
import dev.memo.process.HeldClaim.Slot;
import dev.memo.store.Batch;
import dev.memo.store.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Results that come together, and are stored with one write where that can be. To be used under the
 * locks of their {@link ClaimStripe}s.
 */
final class Puts {
  private final Functions functions;
  private final ClaimStripes stripes;
  private final CallRows rows;
  private final Sequences sequences;
  private final Replies replies;
  private final PutAnswer[] answers;
  private final Map<Slot, Putting> unwritten = new LinkedHashMap<>();
  private int size;

  /**
   * @param replies to those who wait for one of the results
   * @param count how many there are
   */
  Puts(
      Functions functions,
      ClaimStripes stripes,
      CallRows rows,
      Sequences sequences,
      Replies replies,
      int count) {
    this.functions = functions;
    this.stripes = stripes;
    this.rows = rows;
    this.sequences = sequences;
    this.replies = replies;
    this.answers = new PutAnswer[count];
  }

  /** A result that is to be written. */
  private record Putting(
      int index, PutRequest request, KnownFunction function, Era era, Found found, Stored stored) {}

  /** All of them, in the order of their requests; after {@link #write}. */
  List<PutAnswer> answers() {
    return List.of(answers);
  }

  /** Answers the request, or adds it to what is to be written. */
  void add(PutRequest request) {
    if (unwritten.containsKey(request.slot())) {
      write(); // the second one has to find the first
    }
    int index = size++;
    KnownFunction function;
    try {
      function = functions.of(request.key().functionId());
    } catch (StoreException e) {
      answers[index] = new PutAnswer.Refused(e); // nobody waits: no claim was ever granted
      return;
    }
    Era era = function.era();
    try {
      answers[index] = decide(index, request, function, era);
    } catch (StoreException e) {
      refuse(index, request, era, e);
    }
  }

  /** If it is to be written, that it is kept, which is true when that has been done. */
  private PutAnswer decide(int index, PutRequest request, KnownFunction function, Era era) {
    ClaimStripe stripe = stripes.of(request.key());
    HeldClaim held = stripe.live(request.claim());
    Found found = held == null ? null : stripe.stillFound(held, era, request.rejected());
    if (found == null) {
      found = rows.look(request.slot(), era, request.rejected());
      if (found.winner() != null) {
        end(stripe, held, found.winner());
        return new PutAnswer.Lost(found.winner());
      }
      if (rows.isOutdated(function, request.key(), era, request.claim().start())) {
        handOn(stripe, held, era);
        return new PutAnswer.Outdated();
      }
    }
    Stored stored = Stored.of(sequences.next(), request.entry());
    unwritten.put(request.slot(), new Putting(index, request, function, era, found, stored));
    return new PutAnswer.Kept(stored.sequence());
  }

  /** Writes all that was added, at once if the database takes it so. */
  void write() {
    List<Putting> together = List.copyOf(unwritten.values());
    unwritten.clear();
    if (!together.isEmpty()) {
      write(together);
    }
  }

  private void write(List<Putting> together) {
    Batch batch = new Batch();
    List<CallKey> replaced = new ArrayList<>(0); // mostly none; no streams: each miss comes here
    List<KnownFunction> known = new ArrayList<>(together.size());
    for (Putting p : together) {
      byte[] entryKey = p.request.key().entryKey(p.era.generation(), p.request.variant());
      batch.put(Family.ENTRIES, entryKey, p.stored.bytes());
      known.add(p.function);
      if (p.found.unusable()) {
        replaced.add(p.request.key());
      }
    }
    try {
      rows.change(replaced, known, batch);
    } catch (StoreException e) {
      if (together.size() == 1) {
        Putting p = together.get(0);
        refuse(p.index, p.request, p.era, e);
      } else {
        // what is wrong with one, such as its size, need not be with all
        together.forEach(p -> write(List.of(p)));
      }
      return;
    }
    together.forEach(this::written);
  }

  private void written(Putting p) {
    ClaimStripe stripe = stripes.of(p.request.key());
    end(stripe, stripe.live(p.request.claim()), p.stored);
    stripe.answer(p.request.slot(), p.stored, replies);
  }

  private void refuse(int index, PutRequest request, Era era, StoreException why) {
    ClaimStripe stripe = stripes.of(request.key());
    handOn(stripe, stripe.live(request.claim()), era);
    answers[index] = new PutAnswer.Refused(why);
  }

  private void end(ClaimStripe stripe, @Nullable HeldClaim held, Stored stored) {
    if (held != null) {
      stripe.end(held, stored, replies);
    }
  }

  private void handOn(ClaimStripe stripe, @Nullable HeldClaim held, Era era) {
    if (held != null) {
      stripe.handOn(held, era, sequences.last(), replies);
    }
  }
}
