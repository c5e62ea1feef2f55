package dev.memo.benchmarks;

import dev.memo.failure.StoreException;
import dev.memo.store.Family;
import dev.memo.store.SecondaryCache;
import dev.memo.store.SecondaryStore;
import dev.memo.store.Writer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** A process that reads databases without the rest of memo. */
final class StoreWorker implements AutoCloseable {
  /** The answer to a question that is to be asked again. */
  static final String AGAIN = "again";

  private static final int SAMPLES = 5;
  private static final int REOPENINGS = 500;
  private static final long REOPENING_MILLIS = 10;

  private final Path folder;
  private final SecondaryCache cache = new SecondaryCache(); // loads the library where memo does
  private final Meter meter = new Meter();
  private final AtomicLong measurements = new AtomicLong();
  private final Map<Kind, Database> open = new EnumMap<>(Kind.class);
  private List<byte[]> keys = List.of();
  private int opened;

  /** What a database is opened with. */
  enum Kind {
    /** RocksDB, to write. */
    RAW,
    /** RocksDB, to read what another writes. */
    RAW_SECONDARY,
    /** memo's store, to read what another writes. */
    STORE
  }

  /** A database as it is measured. */
  interface Database extends AutoCloseable {
    byte @Nullable [] get(byte[] key) throws RocksDBException;

    void catchUp() throws RocksDBException;

    @Override
    void close();
  }

  private record Store(SecondaryStore store, Writer writer) implements Database {
    @Override
    public byte @Nullable [] get(byte[] key) {
      return store.get(Family.ENTRIES, key);
    }

    @Override
    public void catchUp() {
      store.catchUp(writer);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /**
   * Cannot be asked; to look at its folder is about as much work. Says what memo's store would say
   * if it had the tables open that are there.
   */
  private record Silent(Path data) implements Writer {
    @Override
    public long tables() {
      SortedSet<String> names = new TreeSet<>();
      try (DirectoryStream<Path> tables = Files.newDirectoryStream(data, "*.sst")) {
        tables.forEach(table -> names.add("/" + table.getFileName()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      CRC32C crc = new CRC32C();
      names.forEach(name -> crc.update(name.getBytes(StandardCharsets.US_ASCII)));
      return 1L << 32 | crc.getValue();
    }

    @Override
    public Duration lag() {
      return Duration.ZERO;
    }

    @Override
    public boolean hasAcknowledged(long changes) {
      return true;
    }
  }

  private StoreWorker(Path folder) {
    this.folder = folder;
  }

  /** Takes a folder for what secondaries note. */
  public static void main(String[] args) throws IOException {
    Child.becomeQuiet();
    try (StoreWorker worker = new StoreWorker(Path.of(args[0]))) {
      Child.serve(worker::answer);
    }
  }

  private String answer(String[] words) throws Exception {
    Kind kind = Kind.valueOf(words[1]);
    switch (words[0]) {
      case "open" -> {
        open.put(kind, open(kind, Path.of(words[2])));
        return "opened";
      }
      case "read" -> {
        return read(kind, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      }
      case "catchUp" -> {
        return catchUp(kind, Path.of(words[2]));
      }
      case "opening" -> {
        return "" + nanosOfOpening(kind, Path.of(words[2]));
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private Database open(Kind kind, Path data) throws IOException, RocksDBException {
    Path own = Files.createDirectories(folder.resolve("own-" + ++opened));
    Writer writer = new Silent(data);
    return switch (kind) {
      case RAW -> RawRocks.primary(data);
      case RAW_SECONDARY -> RawRocks.secondary(data, own);
      case STORE -> new Store(SecondaryStore.open(data, own, cache, writer), writer);
    };
  }

  /** Reads keys at random; answers with nanoseconds per read. */
  private String read(Kind kind, int threads, int millis) throws Exception {
    if (keys.isEmpty()) {
      keys = ((RawRocks) database(Kind.RAW)).keys();
    }
    Database database = database(kind);
    long measurement = measurements.incrementAndGet();
    Meter.Measured measured =
        meter.measure(
            threads,
            millis,
            (thread, i) -> {
              byte[] key = keys.get((int) Uniform.below(keys.size(), measurement, thread, i));
              if (database.get(key) == null) {
                throw new IllegalStateException("not found");
              }
            });
    return "" + measured.nanosPerCall();
  }

  /** Answers with nanoseconds, or that there was nothing to measure. */
  private String catchUp(Kind kind, Path data) throws Exception {
    Database database = database(kind);
    long begin = System.nanoTime();
    try {
      database.catchUp();
      return "" + (System.nanoTime() - begin);
    } catch (StoreException whileATableWasWritten) { // which the folder has, and its writer not yet
      database.close();
      open.put(kind, openAgain(kind, data));
      return AGAIN;
    }
  }

  private Database openAgain(Kind kind, Path data) throws Exception {
    for (int i = 1; ; i++) {
      try {
        return open(kind, data);
      } catch (StoreException stillWritten) {
        if (i == REOPENINGS) {
          throw stillWritten;
        }
        Thread.sleep(REOPENING_MILLIS);
      }
    }
  }

  private double nanosOfOpening(Kind kind, Path data) throws IOException, RocksDBException {
    long nanos = 0;
    for (int i = 0; i < SAMPLES; i++) {
      long begin = System.nanoTime();
      Database database = open(kind, data);
      nanos += System.nanoTime() - begin;
      database.close();
    }
    return (double) nanos / SAMPLES;
  }

  private Database database(Kind kind) {
    Database database = open.get(kind);
    if (database == null) {
      throw new IllegalStateException(kind + " is not open");
    }
    return database;
  }

  @Override
  public void close() {
    meter.close();
    open.values().forEach(Database::close);
    cache.close();
  }
}
