package dev.memo.codec.key;

import static java.util.Objects.requireNonNull;

import dev.memo.annotation.KeyIgnored;
import dev.memo.annotation.Secret;
import dev.memo.codec.KeyEncoder;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import dev.memo.failure.UncacheableArgumentException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the arguments of one function become bytes: canonical, type-tagged and length-prefixed, the
 * same in every JVM, for equal arguments only. Immutable and thread-safe.
 *
 * <p>The bytes are those of {@link KeyTag}: what identifies the receiver, if there is one, then one
 * parameter after the other. The class of each value decides, not the declared type; a primitive
 * and its box are alike. An argument that another thread changes meanwhile is encoded in some state
 * that it had, or refused.
 *
 * @param <A> what the function takes
 */
public final class ArgumentsFormat<A extends @Nullable Object> {
  private final Layout layout;
  private final boolean equalsLikeBytes;

  /** What is written of the arguments, which are an {@code A}. */
  private interface Layout {
    void write(CanonicalEncoder out, @Nullable Object arguments);

    /** The receiver, if it is among the arguments. */
    default Object receiver(@Nullable Object arguments) {
      throw new IllegalStateException("these arguments do not begin with a receiver");
    }
  }

  private ArgumentsFormat(Layout layout, boolean equalsLikeBytes) {
    this.layout = layout;
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
      return new ArgumentsFormat<>(CanonicalEncoder::write, PlainEquality.of(type));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /**
   * The format of a function whose parameters are the components of a record, in the order of their
   * declaration; neither the record's name nor theirs is part of the bytes. Of a component that is
   * {@link KeyIgnored} nothing is, and it is not even looked at; of one that is {@link Secret}, a
   * hash.
   *
   * @throws UncacheableArgumentException if the components cannot be read
   */
  public static <A> ArgumentsFormat<A> ofComponents(Class<? super A> record) {
    requireRecord(record);
    try {
      Components components = new Components(record, 0);
      return new ArgumentsFormat<>(components, components.allCount && PlainEquality.of(record));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /** The format of an instance method without parameters, as a function of its receiver. */
  public static <A> ArgumentsFormat<A> ofReceiver(ReceiverFormat receivers, Class<?> type) {
    try {
      return new ArgumentsFormat<>(
          new ReceiverOnly(receivers), receivers.isContentOnly(type) && PlainEquality.of(type));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /**
   * The format of an instance method, as a function of a record: its first component is the
   * receiver, the others are as in {@link #ofComponents(Class)}.
   *
   * @throws UncacheableArgumentException if the components cannot be read
   */
  public static <A> ArgumentsFormat<A> ofComponents(
      Class<? super A> record, ReceiverFormat receivers) {
    requireRecord(record);
    try {
      Component first = new Component(record.getRecordComponents()[0], false);
      Components rest = new Components(record, 1);
      return new ArgumentsFormat<>(
          new ReceiverFirst(receivers, first, rest),
          receivers.isContentOnly(first.type) && rest.allCount && PlainEquality.of(record));
    } catch (Refusal e) {
      throw uncacheable(e);
    }
  }

  /** The format of an instance method, as a function of its calls. */
  public static <A extends @Nullable Object, C extends InstanceCall<A>>
      ArgumentsFormat<C> ofInstanceCalls(ReceiverFormat receivers, ArgumentsFormat<A> arguments) {
    Layout rest = arguments.layout;
    return new ArgumentsFormat<>(
        (out, nullable) -> {
          InstanceCall<?> call = (InstanceCall<?>) requireNonNull(nullable, "call");
          receivers.write(out, call.receiver());
          rest.write(out, call.argument());
        },
        false);
  }

  /**
   * Encodes the arguments.
   *
   * @throws UncacheableArgumentException naming the path to what cannot be encoded
   * @throws NullPointerException if the receiver is null
   */
  public byte[] encode(A arguments) {
    CanonicalEncoder out = CanonicalEncoder.take();
    try {
      layout.write(out, arguments);
    } catch (Refusal e) {
      throw uncacheable(e);
    } catch (StackOverflowError e) {
      throw uncacheable(new Refusal("nested too deep for the stack of this thread", e));
    }
    return out.finish();
  }

  /**
   * The receiver among the arguments, where that is the first of them.
   *
   * @throws NullPointerException if it is null
   */
  public Object receiver(A arguments) {
    return layout.receiver(arguments);
  }

  /**
   * Whether two arguments are {@code equals} if and only if their bytes are equal, and neither ever
   * changes: then a map may be keyed by the arguments themselves.
   */
  public boolean equalsLikeBytes() {
    return equalsLikeBytes;
  }

  private static void requireRecord(Class<?> arguments) {
    if (!arguments.isRecord()) {
      throw new IllegalArgumentException("arguments must be a record, got: " + arguments.getName());
    }
  }

  private static UncacheableArgumentException uncacheable(Refusal refusal) {
    return new UncacheableArgumentException(refusal.describe("argument"), refusal.getCause());
  }

  private record ReceiverOnly(ReceiverFormat receivers) implements Layout {
    @Override
    public void write(CanonicalEncoder out, @Nullable Object receiver) {
      receivers.write(out, receiver);
    }

    @Override
    public Object receiver(@Nullable Object receiver) {
      return receivers.require(receiver);
    }
  }

  private record ReceiverFirst(ReceiverFormat receivers, Component first, Components rest)
      implements Layout {
    @Override
    public void write(CanonicalEncoder out, @Nullable Object record) {
      receivers.write(out, receiver(record));
      rest.write(out, record);
    }

    @Override
    public Object receiver(@Nullable Object record) {
      return receivers.require(first.of(requireNonNull(record, "arguments")));
    }
  }

  /** Writes those of a record's components that count. */
  private static final class Components implements Layout {
    final boolean allCount; // as they are: none is ignored, none a secret
    private final Component[] components;

    /** Of the components from this one on. */
    Components(Class<?> record, int first) {
      RecordComponent[] all = record.getRecordComponents();
      Parameter[] marked = Records.canonicalConstructor(record).getParameters();
      List<Component> counting = new ArrayList<>();
      boolean allCount = true;
      for (int i = first; i < all.length; i++) {
        boolean ignored = marked[i].isAnnotationPresent(KeyIgnored.class);
        boolean secret = marked[i].isAnnotationPresent(Secret.class);
        allCount &= !ignored && !secret;
        if (!ignored) {
          counting.add(new Component(all[i], secret));
        }
      }
      this.allCount = allCount;
      this.components = counting.toArray(Component[]::new);
    }

    @Override
    public void write(CanonicalEncoder out, @Nullable Object arguments) {
      Object record = requireNonNull(arguments, "arguments");
      for (Component component : components) {
        component.write(out, record);
      }
    }
  }

  /** One component of a record of arguments. */
  private static final class Component {
    final Class<?> type;
    private final String step;
    private final MethodHandle getter;
    private final @Nullable String secret; // what to call it, if it is one

    Component(RecordComponent component, boolean secret) {
      this.type = component.getType();
      this.step = "." + component.getName();
      this.getter = Records.boxedFieldGetter(component);
      this.secret =
          secret
              ? "the component "
                  + component.getName()
                  + " of "
                  + component.getDeclaringRecord().getName()
              : null;
    }

    void write(CanonicalEncoder out, Object record) {
      if (secret == null) {
        out.writeStep(step, of(record));
      } else {
        out.writeSecret(step, secret, of(record));
      }
    }

    @Nullable Object of(Object record) {
      try {
        return (Object) getter.invokeExact(record);
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        throw Refusal.at(step, e);
      }
    }
  }
}
