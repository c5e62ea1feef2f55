package dev.memo.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order in which the steps of one register can have happened.
 *
 * <p>Time is swept once. At each moment the search knows all states in which the register can be:
 * what it holds, and which of the steps that are open have happened. A step happens as late as it
 * can: when one has to have happened because its time is over, all ways are tried of letting some
 * of the open ones happen before it [Lowe, Testing for linearizability, 2017]. So the cost depends
 * on how many steps are open at once, not on how many there are. Three things keep that small:
 *
 * <ul>
 *   <li>a read happens as soon as it can: it changes nothing, so that is never worse;
 *   <li>clears that may happen at any later time are alike but for their beginnings, so they are
 *       counted, and used in their order;
 *   <li>equal states are one.
 * </ul>
 */
final class RegisterOrder {
  private static final int MAX_OPEN = 64;
  private static final int MAX_STATES = 4_000_000;

  /**
   * What can be by now.
   *
   * @param happened the open steps that have happened, by their places
   * @param clears how many of the endless clears have
   * @param changed the latest beginning of a write or clear that has happened
   */
  private record State(long value, long happened, int clears, long changed) {

    State in(int place) {
      return new State(value, happened | 1L << place, clears, changed);
    }

    State out(int place) {
      return new State(value, happened & ~(1L << place), clears, changed);
    }

    boolean has(int place) {
      return (happened >>> place & 1) != 0;
    }
  }

  private record Event(long time, boolean end, Step step) {}

  private final @Nullable Step[] open = new Step[MAX_OPEN];
  private final Map<Step, List<Integer>> places = new HashMap<>();
  private final List<Long> endlessClears = new ArrayList<>(); // their beginnings
  private Set<State> states = Set.of(new State(Operation.NOTHING, 0, 0, Long.MIN_VALUE));
  private long full; // places that are taken

  private RegisterOrder() {}

  /** A step that no order has room for, given those that begin before its time is over; or null. */
  static @Nullable Step misfit(List<Step> steps) {
    List<Event> events = new ArrayList<>(2 * steps.size());
    for (Step step : steps) {
      if (step.earliest() > step.latest()) {
        return step;
      }
      if (step.isEndless() && !(step.type() == Step.Type.CLEAR && step.optional())) {
        throw new IllegalArgumentException("only a clear may be endless, not " + step);
      }
      events.add(new Event(step.earliest(), false, step));
      if (!step.isEndless()) {
        events.add(new Event(step.latest(), true, step));
      }
    }
    // what ends when another begins may come after it
    events.sort(Comparator.comparingLong(Event::time).thenComparing(Event::end));
    RegisterOrder order = new RegisterOrder();
    for (Event event : events) {
      if (!event.end) {
        order.begin(event.step);
      } else if (!order.end(event.step)) {
        return event.step;
      }
    }
    return null;
  }

  private void begin(Step step) {
    if (step.isEndless()) {
      endlessClears.add(step.earliest());
      return;
    }
    int place = Long.numberOfTrailingZeros(~full);
    if (place == MAX_OPEN) {
      throw new IllegalStateException("more steps open at once than " + MAX_OPEN);
    }
    full |= 1L << place;
    open[place] = step;
    places.computeIfAbsent(step, unused -> new ArrayList<>(1)).add(place);
    if (step.type() == Step.Type.READ) {
      Set<State> next = new HashSet<>();
      states.forEach(state -> next.add(state.value == step.value() ? state.in(place) : state));
      states = next;
    }
  }

  /** Whether the step can have happened by now. */
  private boolean end(Step step) {
    List<Integer> equal = places.get(step);
    if (equal == null) {
      throw new IllegalStateException("never began: " + step);
    }
    int place = equal.remove(equal.size() - 1);
    if (equal.isEmpty()) {
      places.remove(step);
    }
    states = after(step, place);
    full &= ~(1L << place);
    open[place] = null;
    return !states.isEmpty();
  }

  private Set<State> after(Step step, int place) {
    Set<State> after = new HashSet<>();
    Set<State> seen = new HashSet<>(states);
    Deque<State> todo = new ArrayDeque<>(states);
    for (State state = todo.poll(); state != null; state = todo.poll()) {
      if (state.has(place)) {
        after.add(state.out(place));
        continue;
      }
      if (step.optional()) {
        after.add(state);
      }
      for (State next : successors(state)) {
        if (seen.add(next)) {
          todo.add(next);
        }
      }
      if (seen.size() > MAX_STATES) {
        throw new IllegalStateException("too many steps are open at once to try all orders");
      }
    }
    return after;
  }

  private List<State> successors(State state) {
    List<State> successors = new ArrayList<>();
    for (long left = full & ~state.happened; left != 0; left &= left - 1) {
      int place = Long.numberOfTrailingZeros(left);
      Step step = open[place];
      if (step != null && canHappen(step, state)) {
        boolean changes = step.type() != Step.Type.INSERT;
        long changed = changes ? Math.max(state.changed, step.earliest()) : state.changed;
        long happened = state.happened | 1L << place;
        successors.add(withReads(new State(step.value(), happened, state.clears, changed)));
      }
    }
    if (state.value != Operation.NOTHING && state.clears < endlessClears.size()) {
      long changed = Math.max(state.changed, endlessClears.get(state.clears));
      successors.add(new State(Operation.NOTHING, state.happened, state.clears + 1, changed));
    }
    return successors;
  }

  private static boolean canHappen(Step step, State state) {
    return switch (step.type()) {
      case READ -> false; // it would have at once
      case INSERT -> state.value == Operation.NOTHING && state.changed <= step.since();
      case WRITE -> state.changed <= step.since();
      case CLEAR -> true;
    };
  }

  /** All reads that can happen, have. */
  private State withReads(State state) {
    State read = state;
    for (long left = full & ~state.happened; left != 0; left &= left - 1) {
      int place = Long.numberOfTrailingZeros(left);
      Step step = open[place];
      if (step != null && step.type() == Step.Type.READ && step.value() == state.value) {
        read = read.in(place);
      }
    }
    return read;
  }
}
