package dev.memo.benchmarks.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.process.ReadPath;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cached functions of memo, in most cases one. What is put is what the function returns when it
 * runs, as it does for a miss; what is got is what a call returns, which has to be a hit.
 */
final class MemoStore<R> implements KeyValueStore {
  /** A cached function may capture nothing, so this is how it gets what it is to return. */
  private static final ThreadLocal<String> MISSING = new ThreadLocal<>();

  private final Memo memo;
  private final List<CachedFunction<Key, R, RuntimeException>> functions;
  private final Text<R> text;

  /** How a result says its text. */
  private interface Text<R> {
    String of(R result);
  }

  private MemoStore(
      Memo memo,
      int functions,
      IntFunction<CachedFunction<Key, R, RuntimeException>> register,
      Text<R> text) {
    this.memo = memo;
    this.functions = IntStream.range(0, functions).mapToObj(register).toList();
    this.text = text;
  }

  /** Results that do not change, which the heap tier keeps. */
  static KeyValueStore ofStrings(Path folder, Scale scale) {
    Memo memo = Memo.open(folder);
    return new MemoStore<>(
        memo,
        scale.functions(),
        i -> memo.function("strings" + i, "1", Key.class, String.class, MemoStore::string),
        r -> r);
  }

  /** Results that may be changed, so that each call reads and decodes them. */
  static KeyValueStore ofBytes(Path folder, Scale scale, ReadPath reads) {
    Memo memo = Memo.at(folder).reads(reads).open();
    return new MemoStore<>(
        memo,
        scale.functions(),
        i -> memo.function("bytes" + i, "1", Key.class, byte[].class, MemoStore::bytes),
        r -> new String(r, UTF_8));
  }

  private static String string(Key key) {
    String value = MISSING.get();
    if (value == null) {
      throw new IllegalStateException("a miss: " + key);
    }
    return value;
  }

  private static byte[] bytes(Key key) {
    return string(key).getBytes(UTF_8);
  }

  @Override
  public void put(Key key, String value) {
    String unused = compute(key, value);
  }

  @Override
  public String compute(Key key, String computed) {
    MISSING.set(computed);
    try {
      return text.of(function(key).call(key));
    } finally {
      MISSING.remove();
    }
  }

  @Override
  public @Nullable String get(Key key) {
    return text.of(function(key).call(key));
  }

  private CachedFunction<Key, R, RuntimeException> function(Key key) {
    int count = functions.size();
    return functions.get(count == 1 ? 0 : (int) Long.remainderUnsigned(key.high(), count));
  }

  @Override
  public void close() {
    memo.close();
  }
}
