package dev.memo.benchmarks;

import dev.memo.claims.CallKey;
import dev.memo.codec.key.ArgumentsFormat;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A key. memo: the canonical bytes of the arguments and the call key with its hash, which is the
 * arguments' SHA-256 if they take more than 48 bytes. Kryo and Java: the bytes of the same
 * arguments.
 */
final class KeyContest<A> implements Contest {
  private static final long FUNCTION_ID = 0x0123456789abcdefL;
  private static final int VARIANT = 7;
  private static final long GENERATION = 1;

  private final ArgumentsFormat<A> format;
  private final A arguments;
  private final Object[] parts;
  private final boolean databaseKey;
  private final boolean isSerializable;

  private KeyContest(ArgumentsFormat<A> format, A arguments, boolean databaseKey, Object... parts) {
    this.format = format;
    this.arguments = arguments;
    this.parts = parts;
    this.databaseKey = databaseKey;
    this.isSerializable = JavaBytes.canWrite(parts);
  }

  /** The key of a function of one argument. */
  static KeyContest<Object> ofOne(Object argument) {
    return new KeyContest<>(ArgumentsFormat.ofOne(argument.getClass()), argument, false, argument);
  }

  /** The key of a function of several; the others write them one after the other. */
  static <A extends Record> KeyContest<A> ofComponents(
      Class<A> type, A arguments, Object... components) {
    return new KeyContest<>(ArgumentsFormat.ofComponents(type), arguments, false, components);
  }

  /** The same and, by memo, the bytes that the database is asked for. */
  KeyContest<A> withDatabaseKey() {
    return new KeyContest<>(format, arguments, true, parts);
  }

  private CallKey callKey() {
    return CallKey.of(FUNCTION_ID, format.encode(arguments));
  }

  @Override
  public void run(Contestant contestant, Blackhole out) {
    switch (contestant) {
      case MEMO -> {
        CallKey key = callKey();
        out.consume(databaseKey ? key.entryKey(GENERATION, VARIANT) : key);
      }
      case KRYO -> out.consume(KryoBytes.write(parts));
      case JAVA -> {
        if (isSerializable) {
          out.consume(JavaBytes.write(parts));
        }
      }
    }
  }

  @Override
  public int bytes(Contestant contestant) {
    return switch (contestant) {
      case MEMO ->
          databaseKey
              ? callKey().entryKey(GENERATION, VARIANT).length
              : format.encode(arguments).length;
      case KRYO -> KryoBytes.write(parts).length;
      case JAVA -> isSerializable ? JavaBytes.write(parts).length : 0;
    };
  }
}
