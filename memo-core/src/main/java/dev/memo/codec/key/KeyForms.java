package dev.memo.codec.key;

import dev.memo.codec.KeyEncoder;
import dev.memo.codec.type.Records;
import dev.memo.codec.type.Refusal;
import dev.memo.codec.type.Shapes;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form of every class that has one.
 *
 * <p>First those of the JDK, then what a {@link KeyEncoder} describes, then enums, records, arrays,
 * lists, sets and maps. Nothing else has a form: neither iteration, which may consume, nor {@code
 * toString} says what an object is.
 */
final class KeyForms {
  private static final String REMEDY =
      "; pass something that has one, or register a KeyEncoder for the class";

  private static final Map<Class<?>, KeyForm> EXACT = new HashMap<>();

  private static final ClassValue<KeyForm> FORMS =
      new ClassValue<>() {
        @Override
        protected KeyForm computeValue(Class<?> type) {
          return find(type);
        }
      };

  static {
    exact(Boolean.class, (out, v) -> out.buffer.putByte(v ? KeyTag.TRUE : KeyTag.FALSE));
    exact(Byte.class, (out, v) -> out.buffer.putByte(KeyTag.BYTE).putByte(v));
    exact(Short.class, (out, v) -> out.buffer.putByte(KeyTag.SHORT).putShort(v));
    exact(Character.class, (out, v) -> out.buffer.putByte(KeyTag.CHAR).putShort(v));
    exact(Integer.class, (out, v) -> out.buffer.putByte(KeyTag.INT).putInt(v));
    exact(Long.class, (out, v) -> out.buffer.putByte(KeyTag.LONG).putLong(v));
    exact(Float.class, (out, v) -> out.buffer.putByte(KeyTag.FLOAT).putFloat(v));
    exact(Double.class, (out, v) -> out.buffer.putByte(KeyTag.DOUBLE).putDouble(v));
    exact(String.class, (out, v) -> out.buffer.putByte(KeyTag.STRING).putString(v));
    exact(
        UUID.class,
        (out, v) ->
            out.buffer
                .putByte(KeyTag.UUID)
                .putLong(v.getMostSignificantBits())
                .putLong(v.getLeastSignificantBits()));
    exact(BigInteger.class, (out, v) -> putBigInteger(out.buffer.putByte(KeyTag.BIG_INTEGER), v));
    exact(
        BigDecimal.class,
        (out, v) ->
            putBigInteger(
                out.buffer.putByte(KeyTag.BIG_DECIMAL).putInt(v.scale()), v.unscaledValue()));
    exact(URI.class, (out, v) -> out.buffer.putByte(KeyTag.URI).putString(UriForm.of(v)));
    exact(Class.class, (out, v) -> writeClass(out, v));
    exact(
        Optional.class,
        (out, v) -> {
          out.buffer.putByte(KeyTag.OPTIONAL);
          out.writeStep(".get()", ((Optional<?>) v).orElse(null));
        });
    exact(
        OptionalInt.class,
        (out, v) -> {
          out.buffer.putByte(KeyTag.OPTIONAL_INT);
          out.write(v.isPresent() ? v.getAsInt() : null);
        });
    exact(
        OptionalLong.class,
        (out, v) -> {
          out.buffer.putByte(KeyTag.OPTIONAL_LONG);
          out.write(v.isPresent() ? v.getAsLong() : null);
        });
    exact(
        OptionalDouble.class,
        (out, v) -> {
          out.buffer.putByte(KeyTag.OPTIONAL_DOUBLE);
          out.write(v.isPresent() ? v.getAsDouble() : null);
        });
    TimeForms.addTo(EXACT);
  }

  private KeyForms() {}

  static KeyForm of(Class<?> type) {
    return FORMS.get(type);
  }

  /** Whether a registered encoder says what identifies objects of this class. */
  static boolean isDescribed(Class<?> type) {
    return described(type) != null;
  }

  private interface Typed<T> {
    void write(CanonicalEncoder out, T value);
  }

  private static <T> void exact(Class<T> type, Typed<T> form) {
    EXACT.put(type, (out, value) -> form.write(out, type.cast(value)));
  }

  private static KeyForm find(Class<?> type) {
    KeyForm exact = EXACT.get(type);
    if (exact != null) {
      return exact;
    }
    if (type.isArray()) {
      return ArrayForms.of(type.getComponentType());
    }
    if (Enum.class.isAssignableFrom(type) && !type.isEnum()) {
      return of(type.getSuperclass()); // a constant's body does not count
    }
    KeyForm described = described(type);
    if (described != null) {
      return described;
    }
    if (type.isHidden() || type.isSynthetic()) {
      return refused(type, "is a lambda or another class that has no stable name");
    }
    if (type.isEnum()) {
      return new EnumForm(type);
    }
    if (type.isRecord()) {
      return new RecordForm(type);
    }
    Class<?> ancestor = describedAncestor(type);
    if (ancestor != null) {
      return refused(
          type, "extends " + ancestor.getName() + ", whose KeyEncoder does not speak for it");
    }
    if (List.class.isAssignableFrom(type)) {
      return (out, value) -> out.writeList((List<?>) value);
    }
    if (Set.class.isAssignableFrom(type)) {
      return (out, value) -> out.writeSet((Set<?>) value);
    }
    if (Map.class.isAssignableFrom(type)) {
      return (out, value) -> out.writeMap((Map<?, ?>) value);
    }
    if (Path.class.isAssignableFrom(type)) {
      return (out, value) -> writePath(out, (Path) value);
    }
    if (Iterable.class.isAssignableFrom(type)) {
      return refused(type, "is an Iterable, but no List, Set or Map: reading may consume it");
    }
    return refused(type, "has no canonical encoding");
  }

  private static KeyForm refused(Class<?> type, String why) {
    return (out, value) -> {
      throw new Refusal(type.getName() + " " + why + REMEDY);
    };
  }

  /** The form that a registered encoder gives to this class. */
  private static @Nullable KeyForm described(Class<?> type) {
    ClassLoader loader = type.getClassLoader();
    KeyEncoder<?> found = null;
    try {
      for (KeyEncoder<?> encoder : ServiceLoader.load(KeyEncoder.class, loader)) {
        if (encoder.type() != type) {
          continue;
        }
        if (found != null) {
          throw new Refusal(
              "two KeyEncoders are registered for "
                  + type.getName()
                  + ", "
                  + found.getClass().getName()
                  + " and "
                  + encoder.getClass().getName()
                  + ": remove one of them from META-INF/services");
        }
        found = encoder;
      }
      return found == null ? null : new DescribedForm<>(type, found);
    } catch (ServiceConfigurationError e) {
      throw new Refusal("a registered KeyEncoder cannot be loaded: " + e.getMessage(), e);
    }
  }

  /** The superclass of users' that a registered encoder describes. */
  private static @Nullable Class<?> describedAncestor(Class<?> type) {
    Class<?> ancestor = type.getSuperclass();
    while (ancestor != null && !Shapes.isOfJdk(ancestor)) {
      if (isDescribed(ancestor)) {
        return ancestor;
      }
      ancestor = ancestor.getSuperclass();
    }
    return null;
  }

  private static void putBigInteger(KeyBuffer out, BigInteger value) {
    byte[] bytes = value.toByteArray();
    out.putVarint(bytes.length).putBytes(bytes);
  }

  static void writeClass(CanonicalEncoder out, Class<?> type) {
    if (type.isHidden()) {
      throw new Refusal(type.getName() + " has no stable name" + REMEDY);
    }
    out.buffer.putByte(KeyTag.CLASS).putString(type.getName());
  }

  private static void writePath(CanonicalEncoder out, Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      throw new Refusal(
          path.getFileSystem().provider().getScheme()
              + ": a path outside the default file system does not say what it is a path in"
              + REMEDY);
    }
    String text = path.toAbsolutePath().toString();
    if (text.indexOf('\uFFFD') >= 0) {
      // names that cannot be decoded all look alike
      throw new Refusal(
          "the path has a character that cannot be read in this JVM's encoding of file names, "
              + System.getProperty("sun.jnu.encoding")
              + "; run in a UTF-8 locale, or rename the file");
    }
    out.buffer.putByte(KeyTag.PATH).putString(text);
  }

  /** The class, written once; then the constant, which may be one that is still being made. */
  private static final class EnumForm implements KeyForm {
    private final byte[] head;

    EnumForm(Class<?> type) {
      head =
          new KeyBuffer(CanonicalEncoder.MAX_BYTES)
              .putByte(KeyTag.ENUM)
              .putString(type.getName())
              .toBytes();
    }

    @Override
    public void write(CanonicalEncoder out, Object value) {
      out.buffer.putBytes(head).putString(((Enum<?>) value).name());
    }
  }

  /** Whether a component is marked, or its accessor is, or what that overrides. */
  static boolean isSecret(RecordComponent component) {
    return ReceiverMember.isSecret(component.getDeclaringRecord(), Records.field(component));
  }

  /** The class and its components by name and type, written once; then their values. */
  private static final class RecordForm implements KeyForm {
    private final byte[] head;
    private final String[] steps;
    private final MethodHandle[] getters;
    private final @Nullable String[] secrets; // what to call those that are

    RecordForm(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      KeyBuffer out = new KeyBuffer(CanonicalEncoder.MAX_BYTES);
      out.putByte(KeyTag.RECORD).putString(type.getName()).putVarint(components.length);
      steps = new String[components.length];
      getters = new MethodHandle[components.length];
      secrets = new String[components.length];
      for (int i = 0; i < components.length; i++) {
        out.putString(components[i].getName()).putString(components[i].getType().getName());
        steps[i] = "." + components[i].getName();
        getters[i] = Records.boxedFieldGetter(components[i]);
        if (isSecret(components[i])) {
          secrets[i] = "the component " + components[i].getName() + " of " + type.getName();
        }
      }
      head = out.toBytes();
    }

    @Override
    public void write(CanonicalEncoder out, Object value) throws Throwable {
      out.buffer.putBytes(head);
      for (int i = 0; i < getters.length; i++) {
        Object part = (Object) getters[i].invokeExact(value);
        String secret = secrets[i];
        if (secret == null) {
          out.writeStep(steps[i], part);
        } else {
          out.writeSecret(steps[i], secret, part);
        }
      }
    }
  }
}
