package dev.memo.codec.key;

import static java.util.Objects.requireNonNull;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import dev.memo.failure.UncacheableArgumentException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the arguments of one function become bytes: canonical, type-tagged and length-prefixed, the
 * same in every JVM, for equal arguments only. Immutable and thread-safe.
 *
 * <p>The bytes are those of {@link KeyTag}, one parameter after the other. The class of each value
 * decides, not the declared type; a primitive and its box are alike. An argument that another
 * thread changes meanwhile is encoded in some state that it had, or refused.
 *
 * @param <A> what the function takes
 */
public final class ArgumentsFormat<A extends @Nullable Object> {
  private final @Nullable Components components;
  private final boolean equalsLikeBytes;

  private ArgumentsFormat(@Nullable Components components, boolean equalsLikeBytes) {
    this.components = components;
    this.equalsLikeBytes = equalsLikeBytes;
  }

  /**
   * The format of a function of one argument of this type.
   *
   * @throws UncacheableArgumentException if a registered {@link KeyEncoder} cannot be loaded
   */
  public static <A extends @Nullable Object> ArgumentsFormat<A> ofOne(Type type) {
    requireNonNull(type, "type");
    try {
      return new ArgumentsFormat<>(null, PlainEquality.of(type));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /**
   * The format of a function whose parameters are the components of a record, in the order of their
   * declaration; neither the record's name nor theirs is part of the bytes.
   *
   * @throws UncacheableArgumentException if the components cannot be read
   */
  public static <A> ArgumentsFormat<A> ofComponents(Class<A> record) {
    if (!record.isRecord()) {
      throw new IllegalArgumentException("arguments must be a record, got: " + record.getName());
    }
    try {
      return new ArgumentsFormat<>(new Components(record), PlainEquality.of(record));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /**
   * Encodes the arguments.
   *
   * @throws UncacheableArgumentException naming the path to what cannot be encoded
   */
  public byte[] encode(A arguments) {
    CanonicalEncoder out = CanonicalEncoder.take();
    try {
      if (components == null) {
        out.write(arguments);
      } else {
        components.write(out, requireNonNull(arguments, "arguments"));
      }
    } catch (Refusal e) {
      throw uncacheable(e);
    } catch (StackOverflowError e) {
      throw uncacheable(new Refusal("nested too deep for the stack of this thread", e));
    }
    return out.finish();
  }

  /**
   * Whether two arguments are {@code equals} if and only if their bytes are equal, and neither ever
   * changes: then a map may be keyed by the arguments themselves.
   */
  public boolean equalsLikeBytes() {
    return equalsLikeBytes;
  }

  private static UncacheableArgumentException uncacheable(Refusal refusal) {
    return new UncacheableArgumentException(refusal.describe("argument"), refusal.getCause());
  }

  /** Reads a record's components. */
  private static final class Components {
    private final String[] steps;
    private final MethodHandle[] getters;

    Components(Class<?> record) {
      RecordComponent[] components = record.getRecordComponents();
      steps = Arrays.stream(components).map(c -> "." + c.getName()).toArray(String[]::new);
      getters =
          Arrays.stream(components).map(Records::boxedFieldGetter).toArray(MethodHandle[]::new);
    }

    void write(CanonicalEncoder out, Object record) {
      for (int i = 0; i < getters.length; i++) {
        out.writeStep(steps[i], get(i, record));
      }
    }

    private @Nullable Object get(int component, Object record) {
      try {
        return (Object) getters[component].invokeExact(record);
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        throw Refusal.at(steps[component], e);
      }
    }
  }
}
