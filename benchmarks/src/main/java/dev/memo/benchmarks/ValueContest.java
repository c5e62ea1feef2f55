package dev.memo.benchmarks;

import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.key.ArgumentsFormat;
import dev.memo.codec.value.ResultFormat;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A value there and back. memo: {@link ResultFormat#encode} and {@link ResultFormat#decode}; on
 * request with all that an entry is beside: header, digest of the arguments, checksum, and the
 * check of all of them. Kryo and Java: the bytes of the object and the object from the bytes.
 */
final class ValueContest implements Contest {
  private final ResultFormat<Object> format;
  private final Object value;
  private final byte @Nullable [] arguments;
  private final Entry entry;
  private final byte[] kryoBytes;
  private final byte[] javaBytes; // none if it cannot

  private ValueContest(ResultFormat<Object> format, Object value, byte @Nullable [] arguments) {
    this.format = format;
    this.value = value;
    this.arguments = arguments;
    this.entry = entry(format.encode(value), arguments == null ? new byte[0] : arguments);
    this.kryoBytes = KryoBytes.write(value);
    this.javaBytes = JavaBytes.canWrite(value) ? JavaBytes.write(value) : new byte[0];
  }

  /** The value of a function that declares this type. */
  static ValueContest of(Type type, Object value) {
    return new ValueContest(ResultFormat.of(type, List.of()), value, null);
  }

  /** The same, and by memo the entry around it, stored for this argument. */
  ValueContest asEntryOf(Object argument) {
    return new ValueContest(
        format, value, ArgumentsFormat.ofOne(argument.getClass()).encode(argument));
  }

  @Override
  public void run(Contestant contestant, Blackhole out) {
    switch (contestant) {
      case MEMO -> {
        EncodedValue encoded = format.encode(value);
        out.consume(encoded);
        out.consume(decode(arguments == null ? entry : entry(encoded, arguments)));
      }
      case KRYO -> {
        out.consume(KryoBytes.write(value));
        out.consume(KryoBytes.read(kryoBytes));
      }
      case JAVA -> {
        if (javaBytes.length > 0) {
          out.consume(JavaBytes.write(value));
          out.consume(JavaBytes.read(javaBytes));
        }
      }
    }
  }

  @Override
  public int bytes(Contestant contestant) {
    return switch (contestant) {
      case MEMO -> arguments == null ? entry.valueLength() : entry.size();
      case KRYO -> kryoBytes.length;
      case JAVA -> javaBytes.length;
    };
  }

  private Object decode(Entry from) {
    try {
      return format.decode(from);
    } catch (EntryRejectedException e) {
      throw new IllegalStateException("a value was not read back", e);
    }
  }

  /** Written, and read for the same arguments. */
  private static Entry entry(EncodedValue encoded, byte[] bytes) {
    EncodedArguments arguments = new EncodedArguments(bytes);
    try {
      Entry entry = Entry.parse(Entry.write(1, 2, 3, 4, arguments, encoded), 0);
      entry.requireArguments(arguments);
      return entry;
    } catch (EntryRejectedException e) {
      throw new IllegalStateException("an entry was not read back", e);
    }
  }
}
