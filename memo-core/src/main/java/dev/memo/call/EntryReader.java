package dev.memo.call;

import dev.memo.call.Reading.Found;
import dev.memo.call.Reading.Missing;
import dev.memo.claims.CallKey;
import dev.memo.claims.Primary;
import dev.memo.claims.Stored;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.value.ResultFormat;
import dev.memo.failure.StoreException;
import org.jspecify.annotations.Nullable;

/** Looks up the entries of one function and checks them. Thread-safe. */
final class EntryReader<R extends @Nullable Object> {
  private final Primary primary;
  private final ResultFormat<R> format;
  private final CallEquivalence equivalence;

  EntryReader(Primary primary, ResultFormat<R> format, CallEquivalence equivalence) {
    this.primary = primary;
    this.format = format;
    this.equivalence = equivalence;
  }

  /** How an entry is looked up. */
  @FunctionalInterface
  private interface Look {
    @Nullable Stored at(CallKey key, int variant);
  }

  /** Looks in the first slot, and in the second if the first holds what another program wrote. */
  Reading<R> read(CallKey key, EncodedArguments arguments) {
    return read(key, arguments, primary::read);
  }

  /**
   * As {@link #read(CallKey, EncodedArguments)}, but only where a look is cheap: a claim sees the
   * rest.
   */
  Reading<R> readNearby(CallKey key, EncodedArguments arguments) {
    return read(key, arguments, primary::readNearby);
  }

  private Reading<R> read(CallKey key, EncodedArguments arguments, Look look) {
    Slot first = new Slot(format.variant(), 0);
    Reading<R> reading = read(key, arguments, first, look);
    if (!(reading instanceof Missing<R> missing) || missing.slot().variant() == first.variant()) {
      return reading;
    }
    Reading<R> second = read(key, arguments, missing.slot(), look);
    return second instanceof Missing<R> absent && absent.reason() == MissReason.ABSENT
        ? missing
        : second;
  }

  private Reading<R> read(CallKey key, EncodedArguments arguments, Slot slot, Look look) {
    Stored stored;
    try {
      stored = look.at(key, slot.variant());
    } catch (StoreException e) {
      return new Missing<>(MissReason.UNREADABLE, slot, e);
    }
    return stored == null
        ? new Missing<>(MissReason.ABSENT, slot, null)
        : examine(stored, arguments, slot);
  }

  /** Decodes what was found in a slot, or says where the result of this program belongs instead. */
  Reading<R> examine(Stored stored, EncodedArguments arguments, Slot slot) {
    try {
      Entry entry = Entry.parse(stored.bytes(), Stored.ENTRY_OFFSET);
      equivalence.requireSame(entry, arguments);
      return new Found<>(format.decode(entry), entry);
    } catch (EntryRejectedException e) {
      boolean beside = slot.variant() == format.variant() && isOfAnotherProgram(e);
      return new Missing<>(
          reasonOf(e),
          beside
              ? new Slot(format.secondVariant(), 0)
              : new Slot(slot.variant(), stored.sequence()),
          e);
    }
  }

  /**
   * How long the computation took whose result was found in the first slot of a call, or else in
   * the second; -1 if there is none for this program.
   */
  long durationNanos(Request<?> request, Stored stored) {
    Slot first = new Slot(format.variant(), 0);
    Reading<R> reading = examine(stored, request.arguments(), first);
    if (reading instanceof Missing<R> missing && missing.slot().variant() != first.variant()) {
      reading = read(request.key(), request.arguments(), missing.slot(), primary::read);
    }
    return durationNanos(reading);
  }

  /** As above, if it is not known what is in the first slot. */
  long durationNanos(Request<?> request) {
    return durationNanos(read(request.key(), request.arguments()));
  }

  private static long durationNanos(Reading<?> reading) {
    return reading instanceof Found<?> found ? found.entry().durationNanos() : -1;
  }

  /** An entry that is sound but means nothing here: who wrote it may still read it. */
  private static boolean isOfAnotherProgram(EntryRejectedException e) {
    return switch (e.reason()) {
      case SHAPES, UNDECODABLE -> true;
      case FORMAT, DAMAGED, COLLISION, UNREADABLE -> false;
    };
  }

  private static MissReason reasonOf(EntryRejectedException e) {
    return switch (e.reason()) {
      case FORMAT -> MissReason.FORMAT;
      case DAMAGED -> MissReason.DAMAGED;
      case COLLISION -> MissReason.COLLISION;
      case SHAPES -> MissReason.SHAPES;
      case UNDECODABLE -> MissReason.UNDECODABLE;
      case UNREADABLE -> MissReason.UNREADABLE;
    };
  }
}
