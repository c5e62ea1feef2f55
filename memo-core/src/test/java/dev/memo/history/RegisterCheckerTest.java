package dev.memo.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.history.Operation.Answer;
import dev.memo.history.Operation.Kind;
import dev.memo.history.RegisterChecker.Span;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The checker accepts what registers can do, and nothing else. Operations are written as process,
 * beginning and end; a computation takes the time between.
 */
final class RegisterCheckerTest {
  private static final int KEY = 5;
  private static final int OTHER_KEY = 6;

  private final List<Operation> history = new ArrayList<>();
  private final List<Span> breaks = new ArrayList<>();

  private long add(
      int process,
      Kind kind,
      int key,
      long begin,
      boolean runs,
      Answer answer,
      long value,
      long end) {
    long id = Operation.id(process, 0, history.size() + 1);
    boolean ended = end != Operation.NEVER;
    boolean answered = answer != Answer.NONE;
    long last = ended ? end : begin + 10;
    history.add(
        new Operation(
            id,
            kind,
            key,
            begin,
            runs ? begin + 1 : Operation.NEVER,
            runs ? last - 1 : Operation.NEVER,
            answer,
            answered ? last : Operation.NEVER,
            value < 0 ? id : value,
            null,
            false,
            end));
    return id;
  }

  /** A call that computes; the value is its own. */
  private long computes(int process, long begin, long end, Answer answer) {
    return add(process, Kind.CALL, KEY, begin, true, answer, -1, end);
  }

  private long computes(int process, long begin, long end) {
    return computes(process, begin, end, Answer.KEPT);
  }

  /** A call that computes, but gets the value of another. */
  private long loses(int process, long begin, long end, long winner) {
    return add(process, Kind.CALL, KEY, begin, true, Answer.LOST, winner, end);
  }

  private void reads(int process, long begin, long end, long value) {
    add(process, Kind.CALL, KEY, begin, false, Answer.NONE, value, end);
  }

  private long puts(int process, long begin, long end) {
    return add(process, Kind.PUT, KEY, begin, false, Answer.KEPT, Operation.NOTHING, end);
  }

  private long refreshes(int process, long begin, long end, Answer answer) {
    return add(process, Kind.REFRESH, KEY, begin, true, answer, -1, end);
  }

  private void invalidates(int process, long begin, long end) {
    add(process, Kind.INVALIDATE, KEY, begin, false, Answer.NONE, Operation.NOTHING, end);
  }

  private void invalidatesAll(int process, long begin, long end) {
    add(process, Kind.INVALIDATE_ALL, OTHER_KEY, begin, false, Answer.NONE, Operation.NOTHING, end);
  }

  /** The last operation ended by throwing. */
  private void throwing() {
    Operation last = history.remove(history.size() - 1);
    history.add(
        new Operation(
            last.id(),
            last.kind(),
            last.key(),
            last.begin(),
            last.bodyBegin(),
            last.bodyEnd(),
            Answer.NONE,
            Operation.NEVER,
            Operation.NOTHING,
            null,
            true,
            last.end()));
  }

  private List<String> violations() {
    return RegisterChecker.violations(history, breaks);
  }

  private void assertGood() {
    assertThat(violations()).isEmpty();
  }

  private void assertBad(String why) {
    assertThat(violations()).singleElement().asString().contains(why);
  }

  @Nested
  final class Accepts {
    @Test
    void valuesThatAreReadUntilTheyAreInvalidated() {
      long first = computes(1, 0, 10);
      reads(2, 20, 30, first);
      invalidates(2, 40, 50);
      long second = computes(1, 60, 70);
      reads(2, 80, 90, second);
      assertGood();
    }

    @Test
    void eitherValueWhileAPutGoesOn() {
      long first = computes(1, 0, 10);
      long second = puts(1, 20, 50);
      reads(2, 22, 25, first);
      reads(2, 30, 40, second);
      assertGood();
    }

    @Test
    void oneOfTwoConcurrentResults() {
      long first = computes(1, 0, 10);
      loses(2, 1, 20, first);
      reads(3, 30, 40, first);
      assertGood();
    }

    @Test
    void anOutdatedResultThatOnlyItsWaitersGet() {
      long outdated = computes(1, 0, 30, Answer.OUTDATED);
      reads(1, 5, 31, outdated);
      invalidates(2, 10, 20);
      long fresh = computes(2, 22, 28);
      reads(1, 40, 50, fresh);
      assertGood();
    }

    @Test
    void aRefreshThatIsOutdatedByAPut() {
      refreshes(1, 0, 30, Answer.OUTDATED);
      long put = puts(2, 10, 20);
      reads(1, 40, 50, put);
      assertGood();
    }

    @Test
    void aRefreshThatReplaces() {
      long first = computes(1, 0, 10);
      long second = refreshes(2, 20, 30, Answer.KEPT);
      reads(1, 25, 28, first);
      reads(1, 40, 50, second);
      assertGood();
    }

    @Test
    void invalidateAllOnEveryKey() {
      computes(1, 0, 10);
      invalidatesAll(2, 20, 30);
      computes(1, 40, 50);
      assertGood();
    }

    @Test
    void aPutOfAKilledProcessThatComesLate() {
      long first = computes(1, 0, 10);
      long late = puts(2, 20, Operation.NEVER);
      reads(1, 100, 110, first);
      reads(1, 120, 130, late);
      assertGood();
    }

    @Test
    void aPutOfAKilledProcessThatNeverComes() {
      long first = computes(1, 0, 10);
      puts(2, 20, Operation.NEVER);
      reads(1, 100, 110, first);
      assertGood();
    }

    @Test
    void aPutThatThrewAndHappened() {
      long put = puts(1, 0, 10);
      throwing();
      reads(2, 20, 30, put);
      assertGood();
    }

    @Test
    void anInvalidationThatThrewAndComesLate() {
      long first = computes(1, 0, 10);
      invalidates(2, 20, 30);
      throwing();
      reads(1, 40, 50, first);
      computes(1, 60, 70);
      assertGood();
    }

    @Test
    void aResultOfAKilledProcess() {
      long stored = computes(1, 0, Operation.NEVER, Answer.NONE);
      reads(2, 100, 110, stored);
      assertGood();
    }

    @Test
    void aSpooledResultThatIsInsertedLate() {
      long spooled = computes(1, 0, 10, Answer.SPOOLED);
      reads(1, 20, 30, spooled);
      invalidates(3, 32, 34);
      computes(2, 40, 50);
      assertGood();
      invalidates(2, 60, 70);
      assertGood();
    }

    @Test
    void aSpooledResultThatIsInserted() {
      long spooled = computes(1, 0, 10, Answer.SPOOLED);
      reads(1, 20, 30, spooled);
      reads(2, 40, 50, spooled);
      assertGood();
    }

    @Test
    void anInvalidationThatIsCarriedOutTwiceAroundABreak() {
      long first = computes(1, 0, 10);
      invalidates(1, 20, 100);
      breaks.add(new Span(40, 50));
      long second = computes(2, 60, 70);
      reads(3, 75, 80, second);
      computes(2, 110, 120);
      assertGood();
      assertThat(first).isNotEqualTo(second);
    }

    @Test
    void aResultThatWasStoredAndThenOutdatedAroundABreak() {
      long twice = computes(1, 0, 100, Answer.OUTDATED);
      history.set(0, withBody(history.get(0), 2, 5));
      breaks.add(new Span(40, 50));
      reads(2, 20, 30, twice);
      invalidates(2, 60, 70);
      computes(2, 80, 90);
      assertGood();
    }
  }

  private static Operation withBody(Operation operation, long begin, long end) {
    return new Operation(
        operation.id(),
        operation.kind(),
        operation.key(),
        operation.begin(),
        begin,
        end,
        operation.answer(),
        operation.answered(),
        operation.value(),
        operation.source(),
        operation.threw(),
        operation.end());
  }

  @Nested
  final class Rejects {
    @Test
    void aStaleReadAfterAnInvalidation() {
      long first = computes(1, 0, 10);
      invalidates(2, 20, 30);
      reads(1, 40, 50, first);
      assertBad("no order with READ");
    }

    @Test
    void aStaleReadAfterInvalidateAll() {
      long first = computes(1, 0, 10);
      invalidatesAll(2, 20, 30);
      reads(1, 40, 50, first);
      assertBad("no order with READ");
    }

    @Test
    void aReadOfWhatWasOverwritten() {
      long first = computes(1, 0, 10);
      puts(2, 20, 30);
      reads(1, 40, 50, first);
      assertBad("no order with READ");
    }

    @Test
    void aReadOfWhatWasRefreshed() {
      long first = computes(1, 0, 10);
      refreshes(2, 20, 30, Answer.KEPT);
      reads(1, 40, 50, first);
      assertBad("no order with READ");
    }

    @Test
    void theOldValueAfterTheNewOneWhileAPutGoesOn() {
      long first = computes(1, 0, 10);
      long second = puts(1, 20, 90);
      reads(2, 30, 40, second);
      reads(3, 50, 60, first);
      assertBad("no order with READ");
    }

    @Test
    void anInsertThatIsLost() {
      computes(1, 0, 10);
      computes(2, 20, 30);
      assertBad("no order with INSERT");
    }

    @Test
    void aPutThatIsLost() {
      puts(1, 0, 10);
      computes(2, 20, 30);
      assertBad("no order with INSERT");
    }

    @Test
    void twoValuesOfConcurrentCalls() {
      computes(1, 0, 20);
      computes(2, 5, 25);
      assertBad("no order with INSERT");
    }

    @Test
    void aValueThatComesBack() {
      long first = computes(1, 0, 10);
      invalidates(2, 20, 30);
      long second = computes(2, 40, 50);
      reads(3, 60, 70, second);
      reads(1, 80, 90, first);
      assertBad("no order with READ");
    }

    @Test
    void aValueThatOutlivesAPutOfAKilledProcess() {
      long first = computes(1, 0, 10);
      long put = puts(2, 20, Operation.NEVER);
      reads(3, 100, 110, put);
      reads(1, 120, 130, first);
      assertBad("no order with READ");
    }

    @Test
    void aComputationThatBringsBackWhatWasInvalidated() {
      computes(1, 0, 50);
      invalidates(2, 10, 20);
      assertBad("no order with"); // though a register could do it: the call is not over
    }

    @Test
    void aComputationThatInvalidateAllHidesFromAnInvalidation() {
      invalidatesAll(1, 0, 45);
      computes(1, 10, 50);
      invalidates(2, 20, 30);
      assertBad("no order with");
    }

    @Test
    void aRefreshThatReplacesALaterPut() {
      refreshes(1, 0, 50, Answer.KEPT);
      puts(2, 10, 20);
      assertBad("no order with");
    }

    @Test
    void aValueBeforeItIsComputed() {
      long id = Operation.id(1, 0, 2);
      reads(2, 0, 10, id);
      computes(1, 20, 30);
      assertBad("no order with");
    }

    @Test
    void aValueOfAnotherKey() {
      long other = add(1, Kind.CALL, OTHER_KEY, 0, true, Answer.KEPT, -1, 10);
      reads(1, 20, 30, other);
      assertBad("from nowhere");
    }

    @Test
    void aValueThatNobodyComputed() {
      reads(1, 20, 30, 77);
      assertBad("from nowhere");
    }

    @Test
    void aResultThatLostAndIsSeen() {
      long first = computes(1, 0, 10);
      long loser = loses(2, 1, 20, first);
      reads(2, 30, 40, loser);
      assertBad("nobody may see");
    }

    @Test
    void aLoserThatReturnsWhatIsGone() {
      long first = computes(1, 0, 10);
      invalidates(3, 12, 14);
      loses(2, 20, 30, first);
      assertBad("no order with READ");
    }

    @Test
    void anOutdatedResultThatALaterCallGets() {
      long outdated = computes(1, 0, 30, Answer.OUTDATED);
      invalidates(2, 10, 20);
      reads(1, 25, 31, outdated);
      assertBad("nobody may see");
    }

    @Test
    void anOutdatedResultThatIsReadAfterItsCall() {
      long outdated = computes(1, 0, 30, Answer.OUTDATED);
      invalidates(2, 10, 40);
      reads(1, 31, 33, outdated);
      assertBad("nobody may see");
    }

    @Test
    void aResultThatNothingOutdated() {
      invalidates(2, 0, 10);
      computes(1, 20, 30, Answer.OUTDATED);
      assertBad("outdated by nothing");
    }

    @Test
    void aSpooledResultThatOutlivesAnInvalidation() {
      long spooled = computes(1, 0, 10, Answer.SPOOLED);
      invalidates(2, 20, 30);
      reads(1, 40, 50, spooled);
      assertBad("nobody may see");
    }

    @Test
    void twoClearsByOneInvalidationWithoutABreak() {
      computes(1, 0, 10);
      invalidates(1, 20, 100);
      computes(2, 60, 70);
      computes(2, 110, 120);
      assertBad("no order with");
    }
  }

  @Test
  @DisplayName("each key is judged by itself")
  void keysAreIndependent() {
    long first = computes(1, 0, 10);
    long other = add(1, Kind.CALL, OTHER_KEY, 20, true, Answer.KEPT, -1, 30);
    invalidates(2, 40, 50);
    add(1, Kind.CALL, OTHER_KEY, 60, false, Answer.NONE, other, 70);
    assertGood();
    reads(1, 80, 90, first);
    assertBad("key " + KEY);
  }
}
