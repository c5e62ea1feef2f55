package dev.memo.benchmarks;

import dev.memo.claims.CallKey;
import dev.memo.codec.key.ArgumentsFormat;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A key. memo: the canonical bytes of the arguments and the call key with its hash, which is the
 * arguments' SHA-256 if they take more than 48 bytes. Kryo: the bytes of the same arguments.
 */
final class KeyDuel<A> implements Duel {
  private static final long FUNCTION_ID = 0x0123456789abcdefL;
  private static final int VARIANT = 7;
  private static final long GENERATION = 1;

  private final ArgumentsFormat<A> format;
  private final A arguments;
  private final Object[] parts;
  private final boolean databaseKey;

  private KeyDuel(ArgumentsFormat<A> format, A arguments, boolean databaseKey, Object... parts) {
    this.format = format;
    this.arguments = arguments;
    this.parts = parts;
    this.databaseKey = databaseKey;
  }

  /** The key of a function of one argument. */
  static KeyDuel<Object> ofOne(Object argument) {
    return new KeyDuel<>(ArgumentsFormat.ofOne(argument.getClass()), argument, false, argument);
  }

  /** The key of a function of several; Kryo writes them one after the other. */
  static <A extends Record> KeyDuel<A> ofComponents(
      Class<A> type, A arguments, Object... components) {
    return new KeyDuel<>(ArgumentsFormat.ofComponents(type), arguments, false, components);
  }

  /** The same and, by memo, the bytes that the database is asked for. */
  KeyDuel<A> withDatabaseKey() {
    return new KeyDuel<>(format, arguments, true, parts);
  }

  private CallKey callKey() {
    return CallKey.of(FUNCTION_ID, format.encode(arguments));
  }

  @Override
  public void memo(Blackhole out) {
    CallKey key = callKey();
    out.consume(databaseKey ? key.entryKey(GENERATION, VARIANT) : key);
  }

  @Override
  public void kryo(Blackhole out) {
    out.consume(KryoBytes.write(parts));
  }

  @Override
  public int memoBytes() {
    return databaseKey
        ? callKey().entryKey(GENERATION, VARIANT).length
        : format.encode(arguments).length;
  }

  @Override
  public int kryoBytes() {
    return KryoBytes.write(parts).length;
  }
}
