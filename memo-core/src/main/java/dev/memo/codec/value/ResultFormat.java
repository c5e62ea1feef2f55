package dev.memo.codec.value;

import static java.util.Objects.requireNonNull;

import dev.memo.codec.Codec;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.Sha256;
import dev.memo.codec.type.Refusal;
import dev.memo.codec.type.Shapes;
import dev.memo.codec.type.ShownClasses;
import dev.memo.failure.UncacheableResultException;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the results of one function become bytes and come back. Immutable and thread-safe.
 *
 * <p>What comes back is equal to what was stored, and shares no mutable part with it; a part that
 * occurs in two places becomes two equal parts, and transient fields are not stored. Collections of
 * the JDK keep their class, with three exceptions: unmodifiable ones of any make come back as
 * unmodifiable copies, other lists that are no public class ({@code Arrays.asList}, sub-lists) as
 * {@code ArrayList}, and views of maps as sets and maps of their own. Order of iteration,
 * comparators and whether a collection can be changed stay; only {@code HashMap} and its like
 * iterate as their new capacity has it. What contains itself is refused.
 *
 * <p>What would not come back so is refused when it is stored. The first value with a class that
 * was not seen before is read back and compared, field by field; and every value with a record
 * whose author wrote its constructor or an accessor, with a view that hides how it finds its
 * elements, or with elements of a set, or keys, that can change.
 *
 * @param <R> what the function returns
 */
public final class ResultFormat<R extends @Nullable Object> {
  /** A value that takes more bytes is not stored. */
  public static final int DEFAULT_MAX_BYTES = 64 << 20;

  /** Names the bytes of {@link ScalarCodec} and {@link GraphCodec}. */
  private static final String OWN_CODEC_ID = "memo/1";

  private final Class<?> type;
  private final ValueCodec codec;
  private final int variant;
  private final int secondVariant;
  private final boolean immutable;
  private final int maxBytes;

  private ResultFormat(
      Class<?> type,
      ValueCodec codec,
      int variant,
      int secondVariant,
      boolean immutable,
      int maxBytes) {
    this.type = type;
    this.codec = codec;
    this.variant = variant;
    this.secondVariant = secondVariant;
    this.immutable = immutable;
    this.maxBytes = maxBytes;
  }

  /**
   * The format of results of this declared type.
   *
   * @param types classes that may occur in a result beside those that the type names
   * @throws UncacheableResultException if the type cannot be stored
   */
  public static <R extends @Nullable Object> ResultFormat<R> of(Type type, List<Class<?>> types) {
    Class<?> raw = Shapes.erase(requireNonNull(type, "type"));
    try {
      ScalarCodec scalar = ScalarCodec.of(raw);
      if (scalar != null) {
        return create(scalar, OWN_CODEC_ID, type, Shapes.required(type), "");
      }
      ClosedSet closedSet = ClosedSet.of(type, List.copyOf(types));
      String required = Shapes.required(type);
      return create(
          new GraphCodec(closedSet, raw), OWN_CODEC_ID, type, required, closedSet.shape());
    } catch (Refusal e) {
      throw new UncacheableResultException(
          e.describe("result of type " + Shapes.name(type) + ", result"), e.getCause());
    } catch (StackOverflowError e) {
      throw new UncacheableResultException(
          "result of type "
              + Shapes.name(type)
              + ": it contains itself with ever larger type arguments; use a codec",
          e);
    }
  }

  /**
   * The format of results that a codec writes. Its entries do not tell which classes are in them,
   * so a change of any class that the type shows makes another variant.
   */
  public static <R extends @Nullable Object> ResultFormat<R> of(Type type, Codec<?> codec) {
    requireNonNull(type, "type");
    String id = requireNonNull(codec.id(), "id of the codec");
    if (id.equals(OWN_CODEC_ID)) {
      throw new IllegalArgumentException(
          codec.getClass().getName() + " has the id of memo's own format: " + id);
    }
    return create(new ForeignCodec(codec), id, type, ShownClasses.of(type).shape(), "");
  }

  private static <R extends @Nullable Object> ResultFormat<R> create(
      ValueCodec codec, String codecId, Type type, String shape, String closed) {
    return new ResultFormat<>(
        Shapes.erase(type),
        codec,
        variant("first", codecId, shape),
        variant("second", codecId, shape + "|" + closed),
        Immutability.of(type),
        DEFAULT_MAX_BYTES);
  }

  private static int variant(String slot, String codecId, String shape) {
    return (int) (Sha256.first8Of(slot + "|" + codecId + "|" + shape) >>> Integer.SIZE);
  }

  /** The same format with another limit for the bytes of a value. */
  public ResultFormat<R> withMaxBytes(int maxBytes) {
    return new ResultFormat<>(type, codec, variant, secondVariant, immutable, maxBytes);
  }

  /** What must agree for bytes to be readable: the slot that a look-up tries first. */
  public int variant() {
    return variant;
  }

  /** The slot for entries beside one of another program, which this one cannot read. */
  public int secondVariant() {
    return secondVariant;
  }

  /** Whether values of the declared type can never change, so that callers may share them. */
  public boolean isImmutable() {
    return immutable;
  }

  /**
   * Encodes a value, null included.
   *
   * @throws UncacheableResultException naming the path to what cannot be stored
   */
  public EncodedValue encode(R value) {
    if (value == null) {
      if (type.isPrimitive()) {
        throw new UncacheableResultException("result: null is no " + type);
      }
      return EncodedValue.NULL;
    }
    try {
      return codec.encode(value, maxBytes);
    } catch (Refusal e) {
      throw new UncacheableResultException(e.describe("result"), e.getCause());
    } catch (GraphEngine.ValueTooLargeException e) {
      throw new UncacheableResultException(
          "result: takes more than "
              + maxBytes
              + " bytes; return something smaller, like a Path to it");
    } catch (StackOverflowError e) {
      throw new UncacheableResultException(
          "result: nested too deep for the stack of this thread", e);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) { // an AssertionError too: it must not cost the caller the value
      throw new UncacheableResultException(Refusal.of(e).describe("result"), e);
    }
  }

  /** Decodes the value of an entry. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the codec checks the class; null is what R allows
  public R decode(Entry entry) throws EntryRejectedException {
    if (entry.isNull()) {
      if (type.isPrimitive()) {
        throw new EntryRejectedException(Reason.UNDECODABLE, "null is no " + type);
      }
      return null;
    }
    try {
      return (R)
          codec.decode(entry.bytes(), entry.valueOffset(), entry.valueLength(), entry.shapes());
    } catch (StackOverflowError e) {
      throw new EntryRejectedException(Reason.UNREADABLE, "the stack is too small to decode it");
    } catch (EntryRejectedException | VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw new EntryRejectedException(Reason.UNDECODABLE, "cannot be decoded: " + e);
    }
  }
}
