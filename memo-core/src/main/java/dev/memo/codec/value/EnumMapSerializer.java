package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.type.Refusal;
import java.util.EnumMap;

/** Class of the keys, since the map may be empty; number of pairs, pairs. */
@SuppressWarnings({"unchecked", "rawtypes"}) // K is known at run time only
final class EnumMapSerializer extends Serializer<EnumMap> {
  @Override
  public void write(Kryo kryo, Output out, EnumMap map) {
    EnumMap<?, ?> copy = map.clone();
    kryo.writeClass(out, keyType(kryo, copy));
    MapSerializer.writePairs(kryo, out, copy);
  }

  private static Class<?> keyType(Kryo kryo, EnumMap map) {
    if (!map.isEmpty()) {
      return ((Enum<?>) map.keySet().iterator().next()).getDeclaringClass();
    }
    // an empty map knows its key type, but only tells by what it takes
    for (Class<?> candidate : GraphEngine.closedSet(kryo).enums()) {
      Object[] constants = candidate.getEnumConstants();
      if (constants.length > 0 && takes(map, constants[0])) {
        return candidate;
      }
    }
    throw new Refusal("an empty EnumMap does not tell its key type; return Map.of() or a HashMap");
  }

  private static boolean takes(EnumMap copy, Object key) {
    try {
      copy.put((Enum) key, null);
      copy.clear();
      return true;
    } catch (ClassCastException e) {
      return false;
    }
  }

  @Override
  public EnumMap read(Kryo kryo, Input in, Class<? extends EnumMap> any) {
    EnumMap map = new EnumMap(EnumSetSerializer.requireEnum(kryo.readClass(in)));
    MapSerializer.readPairs(kryo, in, map);
    return map;
  }
}
