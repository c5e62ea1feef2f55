package dev.memo.process;

import dev.memo.failure.StoreException;
import dev.memo.failure.StoreException.Reason;
import dev.memo.process.Functions.KnownFunction;
import dev.memo.process.wire.Message;
import dev.memo.store.Batch;
import dev.memo.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What all processes counted since the directory began, as its primary adds it up. It is written to
 * the database from time to time, for the next primary: what was added since is lost when this one
 * is killed. Thread-safe.
 */
final class SharedCounters {
  private static final Logger LOG = System.getLogger("dev.memo.process");

  /** Of processes whose last report is remembered; far more than one machine runs. */
  private static final int MAX_MEMBERS = 10_000;

  private static final Pattern MEMBER = Pattern.compile("[A-Za-z0-9-]{1,100}");

  /** Whether what is counted is written and read; tests switch it off. */
  enum Keeping {
    WRITTEN,
    FORGOTTEN
  }

  private final Store store;
  private final Meta meta;
  private final Functions functions;
  private final LongAdder asked = new LongAdder(); // not added to the sums yet

  // guarded by this
  private final Map<Long, Map<String, Long>> ofFunctions = new HashMap<>();
  private final Map<Long, String> identities = new HashMap<>(); // of these functions
  private final Map<String, Long> ofAll = new HashMap<>();
  private final Map<String, Long> lastReports = new HashMap<>();
  private final Set<Long> changed = new HashSet<>();
  private boolean allChanged;
  private boolean reportsChanged;

  private Keeping keeping = Keeping.WRITTEN; // before it is shared
  private boolean refused; // of the thread that writes

  /** Counts from zero. */
  SharedCounters(Store store, Meta meta, Functions functions) {
    this.store = store;
    this.meta = meta;
    this.functions = functions;
  }

  /** Goes on where the last primary ended; before anything is counted. */
  synchronized void read(Keeping keeping) {
    this.keeping = keeping;
    if (keeping == Keeping.FORGOTTEN) {
      return;
    }
    meta.counters((id, row) -> ofFunctions.put(id, readRow("of function " + id, row)));
    for (Long id : ofFunctions.keySet()) {
      String identity = functions.identity(id);
      if (identity != null) {
        identities.put(id, identity);
      }
    }
    ofAll.putAll(readRow("of the directory", meta.directoryCounters()));
    lastReports.putAll(readRow("of reports", meta.lastReports()));
  }

  /** A row that makes no sense counts as zero. */
  private static Map<String, Long> readRow(String what, byte @Nullable [] row) {
    if (row != null) {
      try {
        return CounterRow.read(row);
      } catch (IllegalArgumentException e) {
        LOG.log(
            Level.WARNING,
            "The counters " + what + " cannot be read and begin anew: " + e.getMessage());
      }
    }
    return new HashMap<>();
  }

  /** Counts a look-up for another process; without a lock, because it is done for each. */
  void countAsked() {
    asked.increment();
  }

  private synchronized void addAsked() {
    long more = asked.sumThenReset();
    allChanged |= add(ofAll, Map.of(DirectoryState.ASKED, more));
  }

  /** Counts something of the directory. */
  synchronized void count(String name) {
    add(ofAll, Map.of(name, 1L));
    allChanged = true;
  }

  /**
   * Adds a report, unless it was added before. What is counted of functions that are not registered
   * is ignored, and so are more names than anybody uses.
   *
   * @param member the name of the process
   * @throws StoreException if the database cannot say which functions there are; nothing was added
   */
  void add(String member, Message.Counts report) {
    Map<Long, String> known = new HashMap<>();
    for (Long id : report.functions().keySet()) {
      String identity = functions.identity(id);
      if (identity != null) {
        known.put(id, identity);
      }
    }
    synchronized (this) {
      Long last = lastReports.get(member);
      if (last != null && report.number() <= last) {
        return;
      }
      if (last != null || (lastReports.size() < MAX_MEMBERS && MEMBER.matcher(member).matches())) {
        lastReports.put(member, report.number());
        reportsChanged = true;
      }
      allChanged |= add(ofAll, report.directory());
      identities.putAll(known);
      report
          .functions()
          .forEach(
              (id, counts) -> {
                if (known.containsKey(id)
                    && add(ofFunctions.computeIfAbsent(id, first -> new HashMap<>()), counts)) {
                  changed.add(id);
                }
              });
    }
  }

  private static boolean add(Map<String, Long> sums, Map<String, Long> counts) {
    boolean added = false;
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      if (count.getValue() > 0
          && (sums.containsKey(count.getKey()) || sums.size() < CounterRow.MAX_NAMES)) {
        sums.merge(count.getKey(), count.getValue(), CounterRow::sum);
        added = true;
      }
    }
    return added;
  }

  /** Forgets which reports came from processes other than these. */
  synchronized void retain(Set<String> live) {
    reportsChanged |= lastReports.keySet().retainAll(live);
  }

  /** What was counted of the directory. */
  synchronized Map<String, Long> ofDirectory() {
    addAsked();
    return new TreeMap<>(ofAll);
  }

  /** What was counted of each function, by its identity. */
  synchronized Map<String, Map<String, Long>> ofFunctions() {
    Map<String, Map<String, Long>> byIdentity = new TreeMap<>();
    ofFunctions.forEach(
        (id, sums) -> {
          String identity = identities.get(id);
          if (identity != null) {
            byIdentity.put(identity, new TreeMap<>(sums));
          }
        });
    return byIdentity;
  }

  /** Writes what has changed, all at once. If the database refuses, it is for the next time. */
  void write() {
    addAsked();
    Batch batch = new Batch();
    Set<KnownFunction> recorded = new HashSet<>();
    Set<Long> written;
    boolean all;
    boolean reports;
    synchronized (this) {
      written = Set.copyOf(changed);
      all = allChanged;
      reports = reportsChanged;
      if (keeping == Keeping.FORGOTTEN || (written.isEmpty() && !all && !reports)) {
        return;
      }
      for (Long id : written) {
        Meta.putCounters(batch, id, CounterRow.write(ofFunctions.getOrDefault(id, Map.of())));
      }
      if (all) {
        Meta.putDirectoryCounters(batch, CounterRow.write(ofAll));
      }
      if (reports) {
        Meta.putLastReports(batch, CounterRow.write(lastReports));
      }
      changed.clear();
      allChanged = false;
      reportsChanged = false;
    }
    try {
      for (Long id : written) {
        KnownFunction function = functions.of(id);
        if (function.record(batch)) {
          recorded.add(function);
        }
      }
      store.write(batch);
      recorded.forEach(KnownFunction::recorded);
      refused = false;
    } catch (StoreException e) {
      synchronized (this) {
        changed.addAll(written);
        allChanged |= all;
        reportsChanged |= reports;
      }
      if (!refused) {
        refused = true;
        // nothing is lost by a full disk, of which the results that are not stored tell
        LOG.log(
            e.reason() == Reason.NO_SPACE ? Level.INFO : Level.WARNING,
            "The counters cannot be written at the moment; they are kept in memory until they can: "
                + e.getMessage());
      }
    }
  }
}
