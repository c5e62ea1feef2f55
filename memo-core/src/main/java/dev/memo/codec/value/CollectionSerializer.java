package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Number of elements, elements in the order of iteration. */
final class CollectionSerializer extends Serializer<Collection<@Nullable Object>> {
  /** Makes a collection of a list that nobody else has; may keep it. */
  interface Factory {
    Collection<@Nullable Object> of(List<@Nullable Object> elements);
  }

  private final Factory factory;

  CollectionSerializer(Factory factory) {
    this.factory = factory;
  }

  @Override
  public void write(Kryo kryo, Output out, Collection<@Nullable Object> collection) {
    Lengths.requireRoom(out, collection.size());
    @Nullable Object[] elements = collection.toArray();
    if (collection instanceof Set) {
      Elements.writeKeys(kryo, out, elements);
    } else {
      Elements.writeAll(kryo, out, elements);
    }
  }

  @Override
  public Collection<@Nullable Object> read(
      Kryo kryo, Input in, Class<? extends Collection<@Nullable Object>> type) {
    List<@Nullable Object> elements = Elements.read(kryo, in);
    int count = elements.size();
    Collection<@Nullable Object> collection = factory.of(elements);
    Lengths.requireAll(count, collection.size());
    return collection;
  }
}
