package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.ClassResolver;
import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.Idle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Kryo with its buffers, used by one thread at a time for the values of any format.
 *
 * <p>A class is written as one varint: 0 for null; odd numbers for the JDK's, twice the fixed id
 * plus one; even numbers for members of the closed set, twice the position in the entry's own list
 * of shapes plus two. Nothing else tells classes, above all no name. References are not tracked: a
 * part that occurs twice is written twice, and cycles end at the depth limit.
 */
@SuppressWarnings("rawtypes") // Kryo's interfaces say Class
final class GraphEngine implements ClassResolver {
  /** Nesting beyond this is refused. */
  static final int MAX_DEPTH = 256;

  private static final int INITIAL_BYTES = 512;
  private static final int KEPT_BYTES = 64 << 10;

  private static final Idle<GraphEngine> IDLE = new Idle<>(GraphEngine::new);

  private static final byte[] NO_BYTES = {};
  private static final StoredClass[] NO_CLASSES = {};

  private final Kryo kryo;
  private final Output output = new Output(INITIAL_BYTES, Integer.MAX_VALUE - 8);
  private final Input input = new Input(NO_BYTES);

  private @Nullable ClosedSet closedSet;

  /** While writing, by the index of a member: its position in the entry's list, from 1. */
  private int[] positions = new int[0];

  private final List<StoredClass> members = new ArrayList<>();
  private final List<StoredClass> unverified = new ArrayList<>();

  /** Whether the value contains a set or map that may have lost its order, or its differences. */
  private boolean doubtful;

  /** While reading: the entry's list. */
  private StoredClass[] stored = NO_CLASSES;

  private GraphEngine() {
    kryo = new Kryo(this, null);
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.setMaxDepth(MAX_DEPTH);
  }

  /** Takes an idle engine, or makes one. */
  static GraphEngine take(ClosedSet closedSet) {
    GraphEngine engine = IDLE.take();
    engine.closedSet = closedSet;
    if (engine.positions.length < closedSet.size()) {
      engine.positions = new int[closedSet.size()];
    }
    return engine;
  }

  /** Puts the engine back; only after success, since a failure may leave anything behind. */
  void giveBack() {
    closedSet = null;
    forgetClasses();
    stored = NO_CLASSES;
    input.setBuffer(NO_BYTES);
    if (output.getBuffer().length > KEPT_BYTES) {
      output.setBuffer(new byte[INITIAL_BYTES], Integer.MAX_VALUE - 8);
    }
    IDLE.giveBack(this);
  }

  private void forgetClasses() {
    for (StoredClass member : members) {
      positions[member.index()] = 0;
    }
    members.clear();
    unverified.clear();
    doubtful = false;
  }

  /** The bytes of a value; {@link #shapes} and {@link #unverified} then tell of its classes. */
  byte[] write(Object value, int maxBytes) {
    forgetClasses();
    output.setBuffer(output.getBuffer(), Math.max(maxBytes, output.getBuffer().length));
    output.reset();
    kryo.writeClassAndObject(output, value);
    if (output.position() > maxBytes) {
      throw new ValueTooLargeException();
    }
    return output.toBytes();
  }

  /** Two hashes for each member of the closed set that occurs in the value. */
  long[] shapes() {
    long[] shapes = new long[2 * members.size()];
    for (int i = 0; i < members.size(); i++) {
      shapes[2 * i] = members.get(i).nameHash();
      shapes[2 * i + 1] = members.get(i).shapeHash();
    }
    return shapes;
  }

  /** The classes of the value of which no value has been read back yet. */
  List<StoredClass> unverified() {
    return List.copyOf(unverified);
  }

  /** Whether the value must be read back, whatever its classes. */
  boolean isDoubtful() {
    return doubtful;
  }

  /**
   * Writes an element of a set, or a key, with its class. One that can change may have done so
   * since it was put where it is.
   */
  static void writeKey(Kryo kryo, Output out, @Nullable Object key) {
    Registration found = kryo.writeClass(out, key == null ? null : key.getClass());
    if (key != null) {
      GraphEngine engine = (GraphEngine) kryo.getClassResolver();
      engine.doubtful |= !((StoredClass) found).isFixed();
      kryo.writeObject(out, key, found.getSerializer());
    }
  }

  /** Reads a value that ends where its bytes end. */
  @Nullable Object read(byte[] bytes, int offset, int length, StoredClass[] classes) {
    stored = classes;
    input.setBuffer(bytes, offset, length);
    Object value = kryo.readClassAndObject(input);
    if (input.position() != offset + length) {
      throw new IllegalArgumentException("bytes are left after the value");
    }
    return value;
  }

  private ClosedSet closedSet() {
    ClosedSet current = closedSet;
    if (current == null) {
      throw new IllegalStateException("the engine is idle");
    }
    return current;
  }

  static ClosedSet closedSet(Kryo kryo) {
    return ((GraphEngine) kryo.getClassResolver()).closedSet();
  }

  @Override
  public @Nullable Registration writeClass(Output out, @Nullable Class type) {
    if (type == null) {
      out.writeVarInt(0, true);
      return null;
    }
    StoredClass found = writeKnown(out, type);
    if (!found.isVerified() && !unverified.contains(found)) {
      unverified.add(found);
    }
    return found;
  }

  /** Writes a class that is itself the value: no value of it is there to be read back. */
  static StoredClass writeAsValue(Kryo kryo, Output out, Class<?> type) {
    return ((GraphEngine) kryo.getClassResolver()).writeKnown(out, type);
  }

  private StoredClass writeKnown(Output out, Class<?> type) {
    StoredClass found = closedSet().of(type);
    if (found.isMember()) {
      int position = positions[found.index()];
      if (position == 0) {
        members.add(found);
        position = members.size();
        positions[found.index()] = position;
      }
      out.writeVarInt(2 * position, true);
    } else {
      out.writeVarInt(2 * found.getId() + 1, true);
    }
    return found;
  }

  @Override
  public @Nullable Registration readClass(Input in) {
    int code = in.readVarInt(true);
    if (code == 0) {
      return null;
    } else if ((code & 1) != 0) {
      return JdkForms.byId(code >>> 1);
    }
    int position = (code >>> 1) - 1;
    if (position >= stored.length) {
      throw new IllegalArgumentException("class " + position + " of " + stored.length);
    }
    return stored[position];
  }

  @Override
  public @Nullable Registration getRegistration(Class type) {
    // Kryo asks while it is made, for types that it then registers in vain
    return closedSet == null ? null : closedSet.of(type);
  }

  @Override
  public @Nullable Registration getRegistration(int id) {
    return null; // asked only by Kryo's own numbering, which is not used
  }

  @Override
  public void setKryo(Kryo kryo) {}

  /** Kryo's own registrations of primitive types are not used. */
  @Override
  public Registration register(Registration registration) {
    return registration;
  }

  @Override
  public Registration registerImplicit(Class type) {
    return closedSet().of(type);
  }

  @Override
  public @Nullable Registration unregister(int id) {
    throw new UnsupportedOperationException("classes are fixed");
  }

  @Override
  public void reset() {}

  /** The value takes more bytes than it may. */
  static final class ValueTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ValueTooLargeException() {
      super("value too large", null, false, false);
    }
  }
}
