package dev.memo.benchmarks;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.DefaultSerializers;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Optional;
import java.util.UUID;

/**
 * Kryo as a good engineer uses it where each nanosecond counts: a Kryo of the thread's own, classes
 * registered, no references, buffers used again.
 */
final class KryoBytes {
  private static final ThreadLocal<KryoBytes> OF_THREAD = ThreadLocal.withInitial(KryoBytes::new);

  private final Kryo kryo = new Kryo();
  private final Output output = new Output(512, -1);
  private final Input input = new Input();

  private KryoBytes() {
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.register(ArrayList.class);
    kryo.register(HashSet.class);
    kryo.register(HashMap.class);
    kryo.register(double[].class);
    kryo.register(Optional.class);
    kryo.register(LocalDate.class);
    kryo.register(UUID.class, new DefaultSerializers.UUIDSerializer());
    kryo.register(Path.of("").getClass(), new PathSerializer());
    kryo.register(Samples.Place.class);
    kryo.register(Samples.Size.class);
    kryo.register(Samples.Circle.class);
    kryo.register(Samples.Square.class);
  }

  /** The bytes of the values, each with its class. */
  static byte[] write(Object... values) {
    KryoBytes own = OF_THREAD.get();
    own.output.reset();
    for (Object value : values) {
      own.kryo.writeClassAndObject(own.output, value);
    }
    return own.output.toBytes();
  }

  /** The first value in the bytes. */
  static Object read(byte[] bytes) {
    KryoBytes own = OF_THREAD.get();
    own.input.setBuffer(bytes);
    return own.kryo.readClassAndObject(own.input);
  }

  /** Kryo has none. */
  private static final class PathSerializer extends Serializer<Path> {
    @Override
    public void write(Kryo kryo, Output out, Path path) {
      out.writeString(path.toString());
    }

    @Override
    public Path read(Kryo kryo, Input in, Class<? extends Path> type) {
      return Path.of(in.readString());
    }
  }
}
