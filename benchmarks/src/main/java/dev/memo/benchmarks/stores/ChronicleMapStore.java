package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/**
 * A map in a mapped file, of a size that has to be known before. It has bytes for values, which it
 * copies at once, while of a string it encodes and decodes character by character. It needs
 * packages of the JDK to be opened ({@link StoreKind#jvmOptions}).
 */
final class ChronicleMapStore implements KeyValueStore {
  private final ChronicleMap<byte[], byte[]> map;

  ChronicleMapStore(Path folder, Scale scale) {
    try {
      map =
          ChronicleMap.of(byte[].class, byte[].class)
              .constantKeySizeBySample(new byte[Key.BYTES])
              .averageValueSize(scale.valueChars())
              .entries(scale.entries() + scale.entries() / 4)
              .putReturnsNull(true)
              .createPersistedTo(folder.resolve("map").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void put(Key key, String value) {
    map.put(key.bytes(), value.getBytes(UTF_8));
  }

  @Override
  public @Nullable String get(Key key) {
    byte[] found = map.get(key.bytes());
    return found == null ? null : new String(found, UTF_8);
  }

  @Override
  public void close() {
    map.close();
  }
}
