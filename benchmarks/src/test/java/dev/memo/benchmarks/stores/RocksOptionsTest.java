package dev.memo.benchmarks.stores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.Memo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

final class RocksOptionsTest {
  /** The cache of blocks is no option that RocksDB writes down: this is no more than a cache. */
  private static final long CACHE_BYTES = 1 << 20;

  /** Of RocksDB's own messages memo keeps few; what a call costs does not depend on them. */
  private static final List<String> OF_MESSAGES =
      List.of("[DBOptions] keep_log_file_num", "[DBOptions] max_log_file_size");

  @Test
  void rocksDbSeesTheOptionsThatMemoGivesIt(@TempDir Path folder)
      throws IOException, RocksDBException {
    Map<String, String> ofMemo;
    try (Memo memo = Memo.open(folder.resolve("memo"))) {
      ofMemo = options(memo.directory().resolve("data"));
    }
    Map<String, String> ofCopy = optionsOfCopy(folder.resolve("copy"));

    assertThat(ofMemo).containsKeys(OF_MESSAGES.toArray(new String[0]));
    assertThat(differences(ofMemo, ofCopy)).isEmpty();
  }

  private static Map<String, String> optionsOfCopy(Path data) throws IOException, RocksDBException {
    List<ColumnFamilyHandle> families = new ArrayList<>();
    try (RocksOptions options = new RocksOptions()) {
      DBOptions database =
          options.database().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
      RocksDB db =
          RocksDB.open(
              database, data.toString(), options.families(RocksSetup.MEMO, CACHE_BYTES), families);
      try {
        return options(data);
      } finally {
        families.forEach(ColumnFamilyHandle::close);
        db.close();
      }
    }
  }

  /** What RocksDB has written down when the database was opened, by sections and names. */
  private static Map<String, String> options(Path data) throws IOException {
    Path newest;
    try (Stream<Path> files = Files.list(data)) {
      newest =
          files
              .filter(file -> file.getFileName().toString().startsWith("OPTIONS-"))
              .max(Comparator.naturalOrder())
              .orElseThrow();
    }
    Map<String, String> options = new TreeMap<>();
    String section = "";
    for (String line : Files.readAllLines(newest)) {
      String text = line.strip();
      if (text.startsWith("[")) {
        section = text;
      } else if (text.contains("=")) {
        int at = text.indexOf('=');
        options.put(section + ' ' + text.substring(0, at), text.substring(at + 1));
      }
    }
    return options;
  }

  private static List<String> differences(Map<String, String> one, Map<String, String> other) {
    return Stream.concat(one.keySet().stream(), other.keySet().stream())
        .distinct()
        .filter(name -> !OF_MESSAGES.contains(name))
        .filter(name -> !Objects.equals(one.get(name), other.get(name)))
        .map(name -> name + ": " + one.get(name) + ", copy: " + other.get(name))
        .sorted()
        .collect(Collectors.toList());
  }
}
