package dev.memo.benchmarks;

import dev.memo.benchmarks.stores.StoreKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What can be measured for itself: a table, and how much of it.
 *
 * @param name by which it is asked for
 * @param title of its section
 * @param full the arguments of the table
 * @param quick the arguments that take less time; null if there are none, and it is left out
 */
record Part(String name, String title, Class<?> table, String full, @Nullable String quick) {

  /** All, in the order of their sections, but not those of single peers. */
  static final List<Part> ALL =
      List.of(
          new Part(
              "hits",
              "Hits and misses beside other stores, 100 characters",
              StoreTable.class,
              "1000000 100",
              "20000 100 150"),
          new Part(
              "large",
              "Hits and misses beside other stores, 10,000 characters",
              StoreTable.class,
              "100000 10000",
              null),
          new Part("scale", "As memo grows", ScaleTable.class, "", null),
          new Part("millions", "At ten million entries", ScaleTable.class, "100000 10000000", null),
          new Part("batch", "Batches of cached inputs", BatchTable.class, "1000000", "100000"),
          new Part(
              "batch-alone",
              "Batches of cached inputs, one thread",
              BatchTable.class,
              "200000 100 1",
              null),
          new Part(
              "batch-large",
              "Batches of cached inputs, 10,000 bytes",
              BatchTable.class,
              "100000 10000 2",
              null),
          new Part(
              "overhead", "Batches of a trivial function", OverheadTable.class, "", "map chunks"),
          new Part("plan", "Plans", PlanTable.class, "200000", "50000"),
          new Part(
              "read",
              "Reads beside RocksDB, and how soon they see what is new",
              ReadTable.class,
              "",
              null),
          new Part("options", "Options of RocksDB", OptionsTable.class, "300000 100 64", null),
          new Part(
              "noted", "What hits in memory tell the heap tier", NotedReadsTable.class, "", null),
          new Part("codec", "Keys and values beside Kryo", CodecTable.class, "", "record String"),
          new Part(
              "process",
              "What processes share, and takeover",
              ProcessTable.class,
              "",
              "hit takeover"));

  /** Of each peer, beside which {@code hits} measures memo too: only it, RocksDB and memo. */
  static final List<Part> OF_PEERS = StoreKind.PEERS.stream().map(Part::beside).toList();

  private static Part beside(StoreKind peer) {
    return new Part(
        peer.word().toLowerCase(Locale.ROOT),
        "Hits and misses beside " + peer + ", 100 characters",
        StoreTable.class,
        "1000000 100 500 " + peer.word(),
        "20000 100 150 " + peer.word());
  }

  /** Those that may be asked for, in the order of their sections. */
  static List<Part> known() {
    return Stream.concat(ALL.stream(), OF_PEERS.stream()).toList();
  }

  /**
   * The part of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Part named(String name) {
    return known().stream()
        .filter(part -> part.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no part " + name + ". The parts are: " + names()));
  }

  static String names() {
    return String.join(", ", known().stream().map(Part::name).toList());
  }

  @Nullable String arguments(boolean quickly) {
    return quickly ? quick : full;
  }
}
