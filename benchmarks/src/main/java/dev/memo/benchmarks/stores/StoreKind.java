package dev.memo.benchmarks.stores;

import dev.memo.process.ReadPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The stores that there are, by their names. */
public enum StoreKind {
  LOOP("the loop alone"),
  MAP("ConcurrentHashMap", "in memory only"),
  CAFFEINE("Caffeine", "in memory only"),
  EHCACHE("Ehcache 3, disk", "writes in the background; survives an orderly end only"),
  CHRONICLE_MAP("Chronicle Map", "memory includes its mapped file, which the system may take back"),
  MV_STORE("H2 MVStore", "commits once a second"),
  LMDB("LMDB", "memory includes its mapped file, which the system may take back"),
  ROCKS_DB("RocksDB, tuned, compacted"),
  ROCKS_DB_AS_MEMO("RocksDB, as memo has it"),
  REDIS("Redis, loopback", "memory is that of its server"),
  MEMO("memo, heap tier and disk"),
  MEMO_DISK("memo, disk"),
  MEMO_SECONDARY("memo, secondary"),
  MEMO_SOCKET("memo, socket");

  /** Those that a user might pick instead, RocksDB aside, to which all are compared. */
  public static final Set<StoreKind> PEERS =
      Collections.unmodifiableSet(
          EnumSet.of(MAP, CAFFEINE, EHCACHE, CHRONICLE_MAP, MV_STORE, LMDB, REDIS));

  private static final List<String> OPENED_FOR_CHRONICLE_MAP =
      List.of(
          "java.base/java.lang",
          "java.base/java.lang.reflect",
          "java.base/java.io",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/sun.nio.ch",
          "java.base/jdk.internal.misc",
          "java.base/jdk.internal.ref",
          "jdk.compiler/com.sun.tools.javac.file");

  private final String title;
  private final String note;

  StoreKind(String title) {
    this(title, "");
  }

  /**
   * @param note what it does not do that the others do, or what else has to be said of its figures
   */
  StoreKind(String title, String note) {
    this.title = title;
    this.note = note;
  }

  /** What has to be said of its figures; often nothing. */
  public String note() {
    return note;
  }

  /** Opens a store that keeps what it keeps in the folder. */
  public KeyValueStore open(Path folder, Scale scale) {
    return switch (this) {
      case LOOP -> new LoopStore(scale);
      case MAP -> new HashMapStore();
      case CAFFEINE -> new CaffeineStore(scale);
      case EHCACHE -> new EhcacheStore(folder, scale);
      case CHRONICLE_MAP -> new ChronicleMapStore(folder, scale);
      case MV_STORE -> new MvStoreStore(folder, scale);
      case LMDB -> new LmdbStore(folder, scale);
      case ROCKS_DB -> new RocksStore(folder, scale);
      case ROCKS_DB_AS_MEMO -> new RocksAsMemoStore(folder);
      case REDIS -> new RedisStore(folder);
      case MEMO -> MemoStore.ofStrings(folder, scale);
      case MEMO_DISK, MEMO_SECONDARY -> MemoStore.ofBytes(folder, scale, ReadPath.SECONDARY);
      case MEMO_SOCKET -> MemoStore.ofBytes(folder, scale, ReadPath.SOCKET);
    };
  }

  /** Whether it can be opened on this machine. */
  public boolean isInstalled() {
    return this != REDIS || RedisStore.isInstalled();
  }

  /** The store whose process has opened the directory that this one reads; itself in most cases. */
  public StoreKind owner() {
    return this == MEMO_SECONDARY || this == MEMO_SOCKET ? MEMO_DISK : this;
  }

  /** What its JVM needs. */
  public List<String> jvmOptions() {
    List<String> options = new ArrayList<>();
    if (this == CHRONICLE_MAP) {
      for (String each : OPENED_FOR_CHRONICLE_MAP) {
        options.add("--add-opens=" + each + "=ALL-UNNAMED");
        options.add("--add-exports=" + each + "=ALL-UNNAMED");
      }
      options.add("-Dchronicle.analytics.disable=true"); // it would be told that it is used
    } else if (this == LMDB) {
      options.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
      options.add("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    }
    return options;
  }

  /** The first word of its name, by which it is asked for. */
  public String word() {
    return title.split("[ ,]", 2)[0];
  }

  @Override
  public String toString() {
    return title;
  }
}
