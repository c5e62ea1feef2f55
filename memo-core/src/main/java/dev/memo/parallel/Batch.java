package dev.memo.parallel;

import dev.memo.call.Parked;
import dev.memo.claims.Chain;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One run of a task over indexes, which may all be there from the beginning or be added meanwhile.
 *
 * <p>The work is done by <em>drains</em>. A drain takes chunks of indexes from where all do and
 * runs them one by one. Chunks grow while they are quick, so that a trivial task costs some
 * nanoseconds an index, and shrink to one index when they are slow, so that expensive ones balance.
 * No chunk is lost to others: a drain that finds none left runs what other drains have taken and
 * not begun.
 *
 * <p>A drain that starts leaves a successor in the pool while indexes remain. So when a worker
 * blocks in a {@code ManagedBlocker}, the thread by which the pool replaces it finds a drain to
 * run. When the blocked worker comes back there is one drain too many, and one of them rests.
 *
 * <p>A task that may park does not block: its index is put aside, and when its wait is over it is
 * run again, before those that have not begun. Each such run is a chain of its own, because its
 * wait goes on while its worker runs others.
 */
final class Batch {

  /** What is done for an index; any drain may run it. */
  @FunctionalInterface
  interface Task<X extends Exception> {
    void run(int index) throws X;
  }

  /** What is done for an index that may have to wait. */
  @FunctionalInterface
  interface ParkingTask<X extends Exception> {
    /** Returns what is to be over before it is run again; null if it is done. */
    @Nullable Parked run(int index) throws X;
  }

  /** Blocked workers that are replaced at the same time; further ones are not, and only wait. */
  static final int REPLACEMENTS = 256;

  private static final int MAX_CHUNK = 1024;
  private static final long CHUNK_NANOS = 50_000;

  private final ParkingTask<?> task;
  private final Indexes indexes;
  private final Workers workers;
  private final StopSignal stop;
  private final Bell bell;
  private final OpenWork open;
  private final SurplusDrains surplus;
  private final @Nullable ParkedIndexes parked; // null if the task does not park
  private final @Nullable Chain caller = Chain.current();
  private final Failures failures = new Failures();

  private final Queue<IndexRange> taken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger chunks = new AtomicInteger();

  /** Drains that have not begun. */
  private final AtomicInteger unbegun = new AtomicInteger();

  /** Indexes for which the task has returned; told by drains when they have run a few. */
  private final AtomicInteger finished = new AtomicInteger();

  /** The count of what is open may be wrong. */
  private volatile boolean broken;

  /** As {@link #run(Task, int, int)} makes it. */
  Batch(Task<?> task, int size, int threads, int replacements) {
    this(task, Indexes.below(size), Workers.replaced(Math.min(threads, size), replacements));
  }

  private Batch(Task<?> task, Indexes indexes, Workers workers) {
    this(task, indexes, workers, new StopSignal(), new Bell(workers));
  }

  /**
   * A batch on workers of its own, which end with it.
   *
   * @param stop is set when the task fails or the caller is interrupted
   * @param bell rings when the batch has become idle
   */
  Batch(Task<?> task, Indexes indexes, Workers workers, StopSignal stop, Bell bell) {
    this(
        index -> {
          task.run(index);
          return null;
        },
        false,
        indexes,
        workers,
        stop,
        bell);
  }

  /** As the constructor. */
  static Batch parking(
      ParkingTask<?> task, Indexes indexes, Workers workers, StopSignal stop, Bell bell) {
    return new Batch(task, true, indexes, workers, stop, bell);
  }

  private Batch(
      ParkingTask<?> task,
      boolean parks,
      Indexes indexes,
      Workers workers,
      StopSignal stop,
      Bell bell) {
    this.task = task;
    this.indexes = indexes;
    this.workers = workers;
    this.stop = stop;
    this.bell = bell;
    this.open = new OpenWork(bell);
    this.surplus = new SurplusDrains(workers, stop);
    this.parked =
        parks ? new ParkedIndexes(open, stop, failures, this::start, this::breakOff) : null;
  }

  /** Runs the task for all indexes and returns when all have ended. */
  static <X extends Exception> void run(Task<X> task, int size, int threads) throws X {
    if (size == 0) {
      return;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw cancellation(size);
    }
    if (size == 1) {
      runHere(task);
    } else {
      new Batch(task, size, threads, REPLACEMENTS).<X>run();
    }
  }

  /** As above, of at least one index. */
  static <X extends Exception> void runParking(ParkingTask<X> task, int size, int threads)
      throws X {
    if (Thread.currentThread().isInterrupted()) {
      throw cancellation(size);
    }
    Workers workers = Workers.replaced(Math.min(threads, size), REPLACEMENTS);
    parking(task, Indexes.below(size), workers, new StopSignal(), new Bell(workers)).<X>run();
  }

  @SuppressWarnings("try") // the scope is for its end only
  private static <X extends Exception> void runHere(Task<X> task) throws X {
    Thread here = Thread.currentThread();
    Failures failures = new Failures();
    // To interrupt this thread is to cancel the batch: who waits does not compute then.
    try (Chain.Scope scope = Chain.child(Chain.current(), here::isInterrupted).enter()) {
      task.run(0);
    } catch (Throwable thrown) {
      failures.add(thrown, 0);
    }
    failures.<X>rethrow();
  }

  /** As the static method, always on the workers; called once. */
  <X extends Exception> void run() throws X {
    try {
      start();
    } catch (Throwable noThread) {
      abandon();
      throw noThread;
    }
    end();
    requireComplete();
  }

  /** A result that is missing would pass for null. */
  private void requireComplete() {
    if (finished.get() != indexes.count()) {
      throw new IllegalStateException(
          "a batch of " + indexes.count() + " inputs has ended after " + finished.get());
    }
  }

  /** Has the indexes run that are there; needed again when some were added. */
  void start() {
    if (unbegun.get() == 0) { // else one that has not begun will find them
      startDrain();
    }
  }

  /** Waits for what was started, and throws what went wrong; called once. */
  <X extends Exception> void end() throws X {
    awaitIdle();
    try {
      workers.end();
    } finally {
      failures.<X>rethrow(); // it says more than that there is no memory for an orderly end
    }
  }

  /**
   * Waits for what was started.
   *
   * @throws CancellationException if this thread is interrupted, or another gave the batch up
   */
  void awaitIdle() {
    boolean waited = false;
    try {
      bell.await(this::isIdle);
      waited = true;
    } catch (InterruptedException interrupted) {
      throw cancel();
    } finally {
      if (!waited) {
        abandon(); // also if there was no thread to replace this one, nor memory for it
      }
    }
    requireNotAbandoned();
  }

  /** What another thread has given up must not pass for what has ended. */
  void requireNotAbandoned() {
    if (stop.isCancelled()) {
      CancellationException closed =
          new CancellationException(
              "a batch was cancelled after " + indexes.count() + " inputs: its stream was closed");
      attachFailuresTo(closed);
      throw closed;
    }
  }

  /** Gives up what is under way because the caller was interrupted; restores its flag. */
  CancellationException cancel() {
    abandon();
    Thread.currentThread().interrupt();
    CancellationException cancellation = cancellation(indexes.count());
    attachFailuresTo(cancellation);
    return cancellation;
  }

  /** Has what went wrong told by what the caller gets instead of it. */
  void attachFailuresTo(Throwable instead) {
    failures.attachTo(instead);
  }

  /** Interrupts what is under way, starts nothing more, and does not wait; by any thread. */
  void abandon() {
    stop.cancel();
    try {
      workers.interrupt();
    } finally {
      try {
        dropParked();
      } finally {
        bell.ring(); // drains that have not begun never will, so none of them ends as the last
      }
    }
  }

  /** Tasks that are parked or wait in a {@code ManagedBlocker}, of so many that are under way. */
  int waiting(int underWay) {
    int aside = parked == null ? 0 : parked.count();
    return workers.tellActive()
        ? Math.max(underWay - Math.max(surplus.running(), 0), aside)
        : aside;
  }

  /** How often indexes were taken. */
  int chunks() {
    return chunks.get();
  }

  private static CancellationException cancellation(int size) {
    return new CancellationException(
        "a batch of " + size + " inputs was cancelled: its calling thread was interrupted");
  }

  private boolean isIdle() {
    return open.isNone() || broken || stop.isCancelled();
  }

  private void startDrain() {
    AtomicBoolean settled = new AtomicBoolean(); // either it has begun, or it never will
    Runnable drain =
        () -> {
          if (settled.compareAndSet(false, true)) {
            drain();
          }
        };
    open.begin();
    unbegun.incrementAndGet();
    try {
      workers.execute(drain);
    } catch (Throwable refused) {
      // A pool may have queued it all the same, before it found that it can start no worker.
      if (settled.compareAndSet(false, true)) {
        unbegun.decrementAndGet();
        open.end();
      }
      if (!(refused instanceof RejectedExecutionException && stop.isCancelled())) {
        throw refused;
      } // else another thread has given the batch up
    }
  }

  @SuppressWarnings("try") // the scope is for its end only
  private void drain() {
    unbegun.decrementAndGet(); // before it looks for indexes, or some that are added are not run
    try (Chain.Scope scope = Chain.child(caller, stop::isCancelled).enter()) {
      if (hasIndexes()) {
        startDrain();
      }
      runChunks();
      if (!stop.isStopped()) {
        taken.forEach(this::runAll);
        runAll(new IndexRange()); // what was resumed, if nothing else was left
      }
    } catch (Throwable thrown) {
      breakOff(thrown);
    } finally {
      open.end();
    }
  }

  /** Not the task failed, but what it is run for: nothing more is started. */
  void stopBecauseOf(Throwable thrown) {
    failures.add(thrown);
    stop();
  }

  /** Not the task failed: most likely the system has no further thread. The caller is released. */
  private void breakOff(Throwable thrown) {
    try {
      failures.add(thrown); // before the caller is released
    } finally {
      broken = true;
      stop();
    }
  }

  /**
   * The task failed. Added first: what fails because the batch is stopped must not be the first.
   */
  private void fail(Throwable thrown, int index) {
    try {
      failures.add(thrown, index); // the first needs no memory, of which there may be none left
    } finally {
      stop();
    }
  }

  private void stop() {
    try {
      stop.stop();
      dropParked();
    } finally {
      bell.ring();
    }
  }

  private boolean hasIndexes() {
    return !stop.isStopped()
        && (indexes.hasMore()
            || (parked != null && parked.hasResumed())
            || taken.stream().anyMatch(range -> !range.isEmpty()));
  }

  private void runChunks() {
    IndexRange mine = new IndexRange();
    taken.add(mine);
    int chunk = 1;
    while (mayStart() && indexes.take(chunk, mine)) {
      chunks.incrementAndGet();
      if (!indexes.hasMore() && mine.size() > 1) {
        start(); // the others may have looked for indexes before these could be seen
      }
      long begin = System.nanoTime();
      runAll(mine);
      long nanos = System.nanoTime() - begin;
      chunk =
          nanos < CHUNK_NANOS
              ? Math.min(chunk * 2, MAX_CHUNK)
              : (int) Math.max(chunk * CHUNK_NANOS / nanos, 1);
    }
    taken.remove(mine); // it is empty, unless nothing more is to be run
  }

  /** Runs what was resumed, and the range. */
  private void runAll(IndexRange range) {
    int returned = 0;
    while (mayStart()) {
      ParkedIndexes.Waiting first = parked == null ? null : parked.takeResumed();
      int index = first == null ? range.take() : first.index();
      if (index < 0) {
        break;
      }
      try {
        if (first != null) {
          first.call().end();
        }
        Parked waits = parked == null ? task.run(index) : runInOwnChain(index);
        if (parked == null || waits == null) {
          returned++;
        } else {
          parked.park(new ParkedIndexes.Waiting(index, waits));
        }
      } catch (Throwable thrown) {
        fail(thrown, index);
      }
    }
    if (returned > 0) {
      finished.addAndGet(returned);
    }
  }

  /** The chain ends with the run, unless that is parked: then it goes on to wait. */
  @SuppressWarnings("try") // the scope is for its end only
  private @Nullable Parked runInOwnChain(int index) throws Exception {
    Chain own = Chain.child(caller, stop::isCancelled);
    Parked waits = null;
    try (Chain.Scope scope = own.visit()) {
      waits = task.run(index);
      return waits;
    } finally {
      if (waits == null) {
        own.end();
      }
    }
  }

  /** What stops the batch may be that there is no memory left, even to look for none. */
  private void dropParked() {
    if (parked != null) {
      parked.drop();
    }
  }

  private boolean mayStart() {
    // A task must not feel an interrupt that was meant for the one before. Cleared first: a
    // cancellation says so before it interrupts, so it is either seen here or left to the task.
    Thread.interrupted();
    surplus.restIfOne();
    return !stop.isStopped();
  }
}
