package dev.memo.process;

import dev.memo.failure.FunctionClashException;
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
    KnownFunction loaded = new KnownFunction(functionId, meta.era(functionId));
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

    private KnownFunction(long id, Era era) {
      this.id = id;
      this.era = era;
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

    /** Adds the function's identity to the batch unless the database has it; says whether. */
    boolean record(Batch batch) {
      String unrecorded = identity;
      if (recorded || unrecorded == null) {
        return false;
      }
      Meta.putIdentity(batch, id, unrecorded);
      return true;
    }

    /** A batch to which {@link #record} added the identity has been written. */
    void recorded() {
      recorded = true;
    }
  }
}
