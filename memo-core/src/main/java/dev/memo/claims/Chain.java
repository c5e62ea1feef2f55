package dev.memo.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A logical chain of calls: what is on one stack, and what the tasks that it started have on
 * theirs. A chain, not a thread, holds claims and waits, because a parent cannot go on before its
 * tasks have ended, on whichever threads they run. A call of a function that returns a future is
 * such a task, until its future completes.
 *
 * <p>A thread is in the chain that entered it last; a cached call outside any chain begins one.
 * Thread-safe.
 */
public final class Chain {
  private static final ThreadLocal<@Nullable Chain> CURRENT = new ThreadLocal<>();

  /** Only chains of which processes speak are numbered. */
  private static final AtomicLong LAST_NUMBER = new AtomicLong();

  /** Chains that are nested deeper are told of without their outermost ancestors. */
  public static final int MAX_NUMBERS = 256;

  private final @Nullable Chain parent;
  private final @Nullable BooleanSupplier cancelled;

  /** The process that the chain is of; null for this one. */
  private final @Nullable Object process;

  private volatile long number; // written under this; 0 until somebody asks
  private volatile boolean ended;

  private Chain(@Nullable Chain parent, @Nullable BooleanSupplier cancelled) {
    this.parent = parent;
    this.cancelled = cancelled;
    this.process = null;
  }

  private Chain(@Nullable Chain parent, Object process, long number) {
    this.parent = parent;
    this.cancelled = null;
    this.process = process;
    this.number = number;
  }

  /**
   * A chain of another process, by what its {@link #numbers} said. Two of one process with the same
   * number are the same chain.
   */
  public static Chain foreign(Object process, long[] numbers) {
    Chain chain = null;
    for (int i = numbers.length - 1; i >= 0; i--) {
      chain = new Chain(chain, process, numbers[i]);
    }
    return Objects.requireNonNull(chain, "a chain has a number");
  }

  /** What identifies the chain and its ancestors in this process, from the inside out. */
  public long[] numbers() {
    List<Long> numbers = new ArrayList<>();
    for (Chain c = this; c != null && numbers.size() < MAX_NUMBERS; c = c.parent) {
      numbers.add(c.number());
    }
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  private long number() {
    if (number == 0) {
      synchronized (this) {
        if (number == 0) {
          number = LAST_NUMBER.incrementAndGet();
        }
      }
    }
    return number;
  }

  /** Whether the chain is of another process, which ends what it holds. */
  public boolean isForeign() {
    return process != null;
  }

  /** The chain that this thread is in, or null. */
  public static @Nullable Chain current() {
    return CURRENT.get();
  }

  /** A new chain that nobody waits for. */
  public static Chain root() {
    return new Chain(null, null);
  }

  /**
   * A new chain that {@code parent} waits for.
   *
   * @param cancelled tells whether the task was cancelled: its interrupted waits then end with a
   *     {@code CancellationException} instead of a computation
   */
  public static Chain child(@Nullable Chain parent, BooleanSupplier cancelled) {
    return new Chain(parent, cancelled);
  }

  /** Puts this thread into the chain until the scope is closed. The first stay ends the chain. */
  public Scope enter() {
    Chain outer = CURRENT.get();
    return new Scope(this, outer, outer != this);
  }

  /** As {@link #enter}, of a chain that goes on without a stack until {@link #end} is called. */
  public Scope visit() {
    return new Scope(this, CURRENT.get(), false);
  }

  /** Ends a chain that was only visited. */
  public void end() {
    ended = true;
  }

  /** Runs the task in the chain. */
  public <R extends @Nullable Object, X extends Exception> R run(Task<R, X> task) throws X {
    Scope scope = enter();
    try {
      return task.run(this);
    } finally {
      scope.close();
    }
  }

  /** What runs in a chain. */
  @FunctionalInterface
  public interface Task<R extends @Nullable Object, X extends Exception> {
    R run(Chain chain) throws X;
  }

  /**
   * Whether the chain is over. What it still seems to compute then, because an error such as {@code
   * OutOfMemoryError} came between, will never be computed.
   */
  public boolean hasEnded() {
    return ended;
  }

  /** Whether the batch that this chain belongs to was cancelled. */
  public boolean isCancelled() {
    for (Chain chain = this; chain != null; chain = chain.parent) {
      if (chain.cancelled != null && chain.cancelled.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** Whether this chain cannot go on before {@code other} has: it is the same or an ancestor. */
  public boolean awaits(Chain other) {
    for (Chain chain = other; chain != null; chain = chain.parent) {
      if (isSame(chain)) {
        return true;
      }
    }
    return false;
  }

  /** What chains that are the same have in common; it may be a key of a map. */
  Object identity() {
    return process == null ? this : new Foreign(process, number);
  }

  private record Foreign(Object process, long number) {}

  @Nullable Chain parent() {
    return parent;
  }

  private boolean isSame(Chain that) {
    return this == that || (process != null && process == that.process && number == that.number);
  }

  /** A thread's stay in a chain; closed by the same thread. */
  public static final class Scope implements AutoCloseable {
    private final Chain chain;
    private final @Nullable Chain outer;
    private final boolean ends;

    private Scope(Chain chain, @Nullable Chain outer, boolean ends) {
      this.chain = chain;
      this.outer = outer;
      this.ends = ends;
      CURRENT.set(chain);
    }

    @Override
    public void close() {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
      if (ends) {
        chain.end();
      }
    }
  }
}
