package dev.memo.benchmarks;

import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.lang.reflect.Type;
import java.util.List;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A value there and back. memo: {@link ResultFormat#encode} and {@link ResultFormat#decode}; on
 * request with all that an entry is beside: header, digest of the arguments, checksum, and the
 * check of all of them. Kryo: the bytes of the object and the object from the bytes.
 */
final class ValueDuel implements Duel {
  private static final byte[] ARGUMENTS =
      ArgumentsFormat.<Object>ofOne(String.class).encode("10 Downing Street");

  private final ResultFormat<Object> format;
  private final Object value;
  private final boolean asEntry;
  private final Entry entry;
  private final byte[] kryoBytes;

  private ValueDuel(ResultFormat<Object> format, Object value, boolean asEntry) {
    this.format = format;
    this.value = value;
    this.asEntry = asEntry;
    this.entry = parse(write(format.encode(value)));
    this.kryoBytes = KryoBytes.write(value);
  }

  /** The value of a function that declares this type. */
  static ValueDuel of(Type type, Object value) {
    return new ValueDuel(ResultFormat.of(type, List.of()), value, false);
  }

  /** The same, and by memo the entry around it. */
  ValueDuel asEntry() {
    return new ValueDuel(format, value, true);
  }

  @Override
  public void memo(Blackhole out) {
    EncodedValue encoded = format.encode(value);
    if (asEntry) {
      byte[] stored = write(encoded);
      out.consume(stored);
      out.consume(decode(parse(stored)));
    } else {
      out.consume(encoded);
      out.consume(decode(entry));
    }
  }

  @Override
  public void kryo(Blackhole out) {
    out.consume(KryoBytes.write(value));
    out.consume(KryoBytes.read(kryoBytes));
  }

  @Override
  public int memoBytes() {
    return asEntry ? entry.size() : entry.valueLength();
  }

  @Override
  public int kryoBytes() {
    return kryoBytes.length;
  }

  private Object decode(Entry from) {
    try {
      return format.decode(from);
    } catch (EntryRejectedException e) {
      throw new IllegalStateException("a value was not read back", e);
    }
  }

  private static byte[] write(EncodedValue encoded) {
    return Entry.write(1, 2, 3, 4, ARGUMENTS, encoded);
  }

  private static Entry parse(byte[] stored) {
    try {
      Entry entry = Entry.parse(stored, 0);
      entry.requireArguments(ARGUMENTS);
      return entry;
    } catch (EntryRejectedException e) {
      throw new IllegalStateException("an entry was not read back", e);
    }
  }
}
