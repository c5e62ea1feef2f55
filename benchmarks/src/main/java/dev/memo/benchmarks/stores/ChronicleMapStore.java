package dev.memo.benchmarks.stores;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/**
 * A map in a mapped file, of a size that has to be known before. It needs packages of the JDK to be
 * opened ({@link Stores#JVM_OPTIONS}).
 */
final class ChronicleMapStore implements KeyValueStore {
  private final ChronicleMap<byte[], String> map;

  ChronicleMapStore(Path folder, Scale scale) {
    try {
      map =
          ChronicleMap.of(byte[].class, String.class)
              .constantKeySizeBySample(new byte[Key.BYTES])
              .averageValue(scale.value(0))
              .entries(scale.entries() + scale.entries() / 4)
              .putReturnsNull(true)
              .createPersistedTo(folder.resolve("map").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(Key key, String value) {
    map.put(key.bytes(), value);
  }

  @Override
  public @Nullable String get(Key key) {
    return map.get(key.bytes());
  }

  @Override
  public void close() {
    map.close();
  }
}
