package dev.memo.process;

import dev.memo.failure.FunctionClashException;
import dev.memo.process.Meta.Removals;
import dev.memo.store.Batch;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The functions of a directory: their identities and eras, kept in memory after the first use. */
final class Functions {
  private final Meta meta;
  private final ConcurrentMap<Long, KnownFunction> known = new ConcurrentHashMap<>();

  Functions(Meta meta) {
    this.meta = meta;
  }

  /** The function with this id, registered or not. */
  KnownFunction of(long functionId) {
    KnownFunction function = known.get(functionId);
    if (function != null) {
      return function;
    }
    KnownFunction loaded =
        new KnownFunction(functionId, meta.era(functionId), meta.removals(functionId));
    KnownFunction earlier = known.putIfAbsent(functionId, loaded);
    return earlier == null ? loaded : earlier;
  }

  /** Binds the id to the identity; written to the database with the function's first result. */
  void register(long functionId, String identity) {
    KnownFunction function = of(functionId);
    synchronized (function) {
      if (function.identity == null) {
        function.identity = meta.identity(functionId);
        function.recorded = function.identity != null;
      }
      if (function.identity == null) {
        function.identity = identity;
      } else if (!function.identity.equals(identity)) {
        throw clash(functionId, function.identity, identity);
      }
    }
  }

  static FunctionClashException clash(long functionId, String known, String other) {
    return new FunctionClashException(
        "Two functions have the id "
            + HexFormat.of().toHexDigits(functionId)
            + " in this directory: "
            + described(known)
            + " and "
            + described(other)
            + "; give one of them another name or version");
  }

  /**
   * The identity that the id was registered with, null if it never was.
   *
   * @throws dev.memo.failure.StoreException if the database cannot say
   */
  @Nullable String identity(long functionId) {
    KnownFunction function = known.get(functionId);
    String identity = function == null ? null : function.identity;
    return identity == null ? meta.identity(functionId) : identity;
  }

  /** An identity, name and version on one line. */
  static String described(String identity) {
    return identity.strip().replace("\n", " version ");
  }

  /** One function. */
  static final class KnownFunction {
    private final long id;
    private volatile Era era;
    private volatile @Nullable String identity; // written under the monitor
    private volatile boolean recorded;
    private volatile Removals removals; // written under the monitor
    private volatile boolean removalsRecorded = true; // false written under the monitor
    private volatile boolean removalsInBatch; // likewise

    private KnownFunction(long id, Era era, Removals removals) {
      this.id = id;
      this.era = era;
      this.removals = removals;
    }

    long id() {
      return id;
    }

    Era era() {
      return era;
    }

    /** Begins an era; the caller holds the monitor. */
    void begin(Era next) {
      era = next;
    }

    /** The largest sequence of a tombstone that was swept. */
    long swept() {
      return removals.swept();
    }

    /** From now on; written to the database with the next change, as the identity is. */
    synchronized void rememberRemovals() {
      if (!removals.remembered()) {
        removals = new Removals(removals.swept(), true);
        removalsInBatch = false;
        removalsRecorded = false;
      }
    }

    /** Adds to the batch that a tombstone with this sequence is swept; false if it must not be. */
    synchronized boolean sweep(Batch batch, long sequence) {
      if (removals.remembered()) {
        return false;
      }
      removals = new Removals(Math.max(removals.swept(), sequence), false);
      Meta.putRemovals(batch, id, removals);
      return true;
    }

    /** Adds what the database has yet to know of the function to the batch; says whether. */
    boolean record(Batch batch) {
      boolean adds = false;
      String unrecorded = identity;
      if (!recorded && unrecorded != null) {
        Meta.putIdentity(batch, id, unrecorded);
        adds = true;
      }
      if (!removalsRecorded) {
        synchronized (this) {
          Meta.putRemovals(batch, id, removals);
          removalsInBatch = true;
        }
        adds = true;
      }
      return adds;
    }

    /** A batch to which {@link #record} has added something has been written. */
    void recorded() {
      recorded = true;
      synchronized (this) {
        if (removalsInBatch) { // and nothing was said since
          removalsRecorded = true;
        }
      }
    }
  }
}
