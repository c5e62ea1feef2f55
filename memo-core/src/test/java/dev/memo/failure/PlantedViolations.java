package dev.memo.failure;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.util.DefaultClassResolver;
import dev.memo.call.CachedFunction;
import dev.memo.planted.PlantedRing;
import java.io.IOException;
import java.io.ObjectInputStream;
import org.rocksdb.RocksDB;

/** Breaks the rules of {@code ArchitectureTest}, which must notice. */
public abstract class PlantedViolations {

  public abstract CachedFunction<String, String, RuntimeException> upward();

  public abstract PlantedRing ring();

  public abstract void kryo(Kryo kryo);

  public abstract RocksDB rocksDb();

  Kryo kryoThatReadsClassNames() {
    Kryo kryo = new Kryo(new DefaultClassResolver(), null);
    kryo.setRegistrationRequired(false);
    return kryo;
  }

  Object load(String name, ObjectInputStream in) throws ClassNotFoundException, IOException {
    return name.isEmpty() ? in.readObject() : Class.forName(name);
  }
}
