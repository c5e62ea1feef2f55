package dev.memo.history;

import dev.memo.history.Operation.Answer;
import dev.memo.history.Operation.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks what many processes did to the keys of one function: each key must have behaved like one
 * register, which is empty or holds a value. Everything happens at one moment between the beginning
 * and the end of its operation.
 *
 * <ul>
 *   <li>A <b>call</b> reads what the register holds; or it finds it empty and inserts what it
 *       computed, between the end of the computation and the answer of the primary. What follows a
 *       flight reads when the leader's result is stored.
 *   <li><b>put</b> writes; so does <b>refresh</b>, when it has computed. <b>invalidate</b> and
 *       <b>invalidateAll</b> (of every key) clear.
 *   <li>P6: a computation does not bring back what a put, refresh or invalidation has removed that
 *       began when it was already running: it has no place after that. A register alone would allow
 *       it as long as the call goes on.
 * </ul>
 *
 * <p>What the order leaves out:
 *
 * <ul>
 *   <li>A result that was <b>outdated</b> is returned by its own call and not stored. Something
 *       must have been put, refreshed or invalidated while the call went on. Others may get the
 *       value too, if they waited for that computation: they overlap the call, and began before the
 *       end of whatever was put, refreshed or invalidated after the beginning of the computation.
 *   <li>A result that was computed without a primary is <b>spooled</b>: its own process reads it
 *       until something is put, refreshed or invalidated; others, once it is inserted, which may
 *       happen at any later time, or never.
 *   <li>A result that <b>lost</b> is seen by nobody: its call returned the winner.
 * </ul>
 *
 * <p>What is not known:
 *
 * <ul>
 *   <li>An operation that its process did not live to end, and a put, refresh or invalidation that
 *       threw, may have happened at any time since it began, or never. (Later than it threw,
 *       because a primary that was left may still find the request.) If somebody read what it
 *       wrote, it has, before that read ended; a value that nobody read is as good as never
 *       written.
 *   <li>While processes may lose their primary, a request may be carried out by it, and again by
 *       the next one, which is all that the caller hears of. So what was outdated or lost then may
 *       have been stored before, and what was cleared may have been cleared twice.
 * </ul>
 */
final class RegisterChecker {
  private static final int SHOWN = 25;

  /** Some time. */
  record Span(long begin, long end) {
    boolean meets(Operation operation) {
      return operation.begin() <= end && operation.end() >= begin;
    }
  }

  /** What became of a value, as far as is known. */
  private enum Fate {
    /** It was in the register. */
    STORED,
    /** It was, or will be, or never is. */
    UNKNOWN,
    /** Only who waited for it has it. */
    OUTDATED,
    /** As before; but it may have been stored, too. */
    PERHAPS_OUTDATED,
    /** Its process has it, and the register perhaps later. */
    SPOOLED,
    /** Nobody has it. */
    UNSEEN
  }

  private final List<Operation> operations;
  private final List<Span> breaks;
  private final Map<Long, Operation> byId = new HashMap<>();

  private RegisterChecker(List<Operation> operations, List<Span> breaks) {
    this.operations = operations;
    this.breaks = breaks;
    operations.forEach(operation -> byId.put(operation.id(), operation));
  }

  /**
   * What is wrong, with the operations around it; nothing for a good history.
   *
   * @param breaks when processes may have lost their primary
   */
  static List<String> violations(List<Operation> operations, List<Span> breaks) {
    RegisterChecker checker = new RegisterChecker(operations, breaks);
    List<String> violations = new ArrayList<>();
    for (int key : new TreeSet<>(operations.stream().map(Operation::key).toList())) {
      String violation = checker.new Key(key).violation();
      if (violation != null) {
        violations.add("key " + key + ": " + violation);
      }
    }
    return violations;
  }

  private boolean meetsBreak(Operation operation) {
    return breaks.stream().anyMatch(broken -> broken.meets(operation));
  }

  private static boolean changes(Operation operation) {
    return operation.kind() != Kind.CALL
        && !(operation.kind() == Kind.REFRESH && operation.answer() == Answer.OUTDATED);
  }

  private Fate fate(Operation writer) {
    if (writer.kind() == Kind.INVALIDATE || writer.kind() == Kind.INVALIDATE_ALL) {
      return Fate.UNSEEN;
    }
    if (writer.kind() == Kind.PUT) {
      return writer.hasReturned() ? Fate.STORED : Fate.UNKNOWN;
    }
    if (!writer.hasRun()) {
      return Fate.UNSEEN;
    }
    boolean refreshes = writer.kind() == Kind.REFRESH;
    return switch (writer.answer()) {
      case NONE, REFUSED -> Fate.UNKNOWN;
      case KEPT -> Fate.STORED;
      case SPOOLED -> Fate.SPOOLED;
      case OUTDATED -> {
        if (refreshes) {
          yield Fate.UNSEEN; // asked once only, and nobody waits for it
        }
        yield meetsBreak(writer) ? Fate.PERHAPS_OUTDATED : Fate.OUTDATED;
      }
      case LOST -> {
        if (writer.value() == writer.id()) {
          yield Fate.STORED; // it had been stored before it was handed in again
        }
        yield meetsBreak(writer) || !writer.hasReturned() ? Fate.UNKNOWN : Fate.UNSEEN;
      }
    };
  }

  /** One register. */
  private final class Key {
    private final int key;
    private final List<Operation> here;
    private final List<Operation> changes; // by their ends
    private final long[] latestBegins; // of the changes up to each
    private final long[] earliestBegins; // of the changes from each on
    private final List<Step> steps = new ArrayList<>();
    private final Map<Long, Long> firstSeen = new HashMap<>(); // ends of reads by value

    Key(int key) {
      this.key = key;
      this.here = operations.stream().filter(operation -> operation.isOn(key)).toList();
      this.changes =
          here.stream()
              .filter(RegisterChecker::changes)
              .sorted(Comparator.comparingLong(Operation::end))
              .toList();
      this.latestBegins = new long[changes.size()];
      long latest = Long.MIN_VALUE;
      for (int i = 0; i < latestBegins.length; i++) {
        latest = Math.max(latest, changes.get(i).begin());
        latestBegins[i] = latest;
      }
      this.earliestBegins = new long[changes.size()];
      long earliest = Operation.NEVER;
      for (int i = earliestBegins.length - 1; i >= 0; i--) {
        earliest = Math.min(earliest, changes.get(i).begin());
        earliestBegins[i] = earliest;
      }
    }

    @Nullable String violation() {
      for (Operation operation : here) {
        if (operation.kind() == Kind.CALL
            && operation.hasReturned()
            && operation.value() != operation.id()) {
          String why = read(operation);
          if (why != null) {
            return told(why, operation.begin(), operation.end());
          }
        }
      }
      for (Operation operation : here) {
        String why = change(operation);
        if (why != null) {
          return told(why, operation.begin(), operation.end());
        }
      }
      Step misfit = RegisterOrder.misfit(steps);
      return misfit == null
          ? null
          : told(
              "there is no order with "
                  + misfit.type()
                  + " "
                  + Operation.name(misfit.value())
                  + " ["
                  + misfit.earliest()
                  + ", "
                  + misfit.latest()
                  + "]",
              misfit.earliest(),
              misfit.latest());
    }

    private @Nullable String read(Operation reader) {
      Operation writer = byId.get(reader.value());
      if (writer == null || !writer.isOn(key)) {
        return "a value from nowhere: " + reader;
      }
      Fate fate = fate(writer);
      boolean ordered =
          switch (fate) {
            case STORED, UNKNOWN -> true;
            case OUTDATED -> false;
            case PERHAPS_OUTDATED -> !followed(reader, writer);
            case SPOOLED -> reader.process() != writer.process();
            case UNSEEN -> false;
          };
      if (fate == Fate.UNSEEN
          || (fate == Fate.OUTDATED && !followed(reader, writer))
          || (fate == Fate.SPOOLED && changedBetween(writer.bodyBegin(), reader.begin()))) {
        return "a value that nobody may see: " + reader + " of " + writer;
      }
      if (ordered) {
        steps.add(Step.read(reader.value(), reader.begin(), reader.end()));
        firstSeen.merge(reader.value(), reader.end(), Math::min);
      }
      return null;
    }

    /** Whether the reader can have waited for the writer's computation. */
    private boolean followed(Operation reader, Operation writer) {
      return reader.begin() <= writer.end()
          && reader.end() >= writer.bodyEnd()
          && !changedBetween(writer.bodyBegin(), reader.begin());
    }

    /** Whether something was changed that began after the one moment and ended before the other. */
    private boolean changedBetween(long after, long before) {
      int ended = endedBefore(before);
      return ended > 0 && latestBegins[ended - 1] > after;
    }

    /** Whether something can have outdated the operation: was being changed while it went on. */
    private boolean isJustified(Operation outdated) {
      int ended = endedBefore(outdated.begin());
      return ended < changes.size() && earliestBegins[ended] <= outdated.end();
    }

    /** How many changes ended before this moment. */
    private int endedBefore(long moment) {
      int low = 0;
      int high = changes.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (changes.get(middle).end() < moment) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private @Nullable String change(Operation operation) {
      switch (operation.kind()) {
        case INVALIDATE, INVALIDATE_ALL -> clear(operation);
        case PUT -> {
          if (operation.hasReturned()) {
            steps.add(
                Step.write(operation.id(), operation.begin(), operation.end(), Operation.NEVER));
          } else {
            Long seen = firstSeen.get(operation.id());
            if (seen != null) {
              steps.add(Step.write(operation.id(), operation.begin(), seen, Operation.NEVER));
            }
          }
        }
        case CALL, REFRESH -> {
          if (operation.answer() == Answer.OUTDATED && !isJustified(operation)) {
            return "outdated by nothing: " + operation;
          }
          result(operation);
        }
      }
      return null;
    }

    private void clear(Operation operation) {
      if (!operation.hasReturned()) {
        steps.add(Step.clear(operation.begin(), Operation.NEVER, true));
        return;
      }
      steps.add(Step.clear(operation.begin(), operation.end(), false));
      if (meetsBreak(operation)) {
        steps.add(Step.clear(operation.begin(), operation.end(), true));
      }
    }

    private void result(Operation operation) {
      Fate fate = fate(operation);
      Long seen = firstSeen.get(operation.id());
      long latest;
      if (fate == Fate.STORED) {
        latest = operation.answered();
      } else if (seen == null) {
        return; // nobody can tell whether it was stored
      } else {
        latest = fate == Fate.SPOOLED ? seen : Math.min(seen, operation.answered());
      }
      Step.Type type = operation.kind() == Kind.CALL ? Step.Type.INSERT : Step.Type.WRITE;
      steps.add(
          new Step(
              type, operation.id(), operation.bodyEnd(), latest, operation.bodyBegin(), false));
    }

    /** Whether one that never ended can matter. */
    private boolean seenOrClearing(Operation operation) {
      return firstSeen.containsKey(operation.id())
          || operation.kind() == Kind.INVALIDATE
          || operation.kind() == Kind.INVALIDATE_ALL;
    }

    private String told(String what, long begin, long end) {
      StringBuilder told = new StringBuilder(what).append("; around it:");
      List<Operation> around =
          here.stream()
              .filter(operation -> operation.begin() <= end && operation.end() >= begin)
              .filter(operation -> operation.end() != Operation.NEVER || seenOrClearing(operation))
              .sorted(Comparator.comparingLong(Operation::begin))
              .toList();
      List<Operation> before =
          here.stream()
              .filter(operation -> operation.end() < begin)
              .sorted(Comparator.comparingLong(Operation::end))
              .toList();
      before.subList(Math.max(0, before.size() - SHOWN), before.size()).stream()
          .sorted(Comparator.comparingLong(Operation::begin))
          .forEach(operation -> told.append("\n  ").append(operation));
      told.append("\n  --");
      around.stream().limit(SHOWN).forEach(o -> told.append("\n  ").append(o));
      return told.toString();
    }
  }
}
