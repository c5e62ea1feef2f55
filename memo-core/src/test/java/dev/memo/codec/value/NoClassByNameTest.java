package dev.memo.codec.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.memo.codec.EncodedArguments;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.Entry;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.Sha256;
import dev.memo.codec.TypeRef;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A name of a class in stored bytes is text: nobody looks for the class, whatever reads it. */
class NoClassByNameTest {
  private static final EncodedArguments ARGUMENTS = new EncodedArguments(new byte[] {1});
  private static final String SPRUNG = "memo.test.sprung";

  /** Says that it was initialised; nobody here does that. */
  static final class Trap extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static {
      System.setProperty(SPRUNG, "by its name");
    }

    Trap() {}
  }

  /** The same, for those who are careless on purpose. */
  static final class TwinTrap {
    static {
      System.setProperty(SPRUNG + ".kryo", "by its name");
    }

    TwinTrap() {}
  }

  /** The same, in JSON. */
  static final class JsonTrap {
    static {
      System.setProperty(SPRUNG + ".json", "by its name");
    }

    JsonTrap() {}
  }

  record Holder(Class<?> type, TimeUnit unit, List<String> texts) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface ByName {}

  /** As Kryo writes a class that is not registered: NAME, the number of the name, the name. */
  private static byte[] kryoName(String name) {
    Output out = new Output(200);
    out.writeVarInt(1, true);
    out.writeVarInt(0, true);
    out.writeString(name);
    return out.toBytes();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** The name as text of the class with this id. */
  private static byte[] text(int id, String name) {
    byte[] utf8 = name.getBytes(UTF_8);
    byte[] flags = id == 35 ? new byte[1] : new byte[0]; // those of a pattern
    Output length = new Output(9);
    length.writeVarInt(2 * utf8.length, true);
    return join(new byte[] {(byte) (2 * id + 1)}, flags, length.toBytes(), utf8);
  }

  /** The name in all places where a name could stand. */
  private static Map<String, byte[]> planted(String name) {
    Map<String, byte[]> planted = new HashMap<>();
    planted.put("a class by name", kryoName(name));
    for (int code = 0; code < 120; code++) { // whatever it is: a class, a comparator, a constant
      planted.put("after " + code, join(new byte[] {(byte) code}, kryoName(name)));
      planted.put("text after " + code, join(new byte[] {(byte) code}, text(8, name)));
    }
    for (int id : new int[] {8, 12, 18, 31, 32, 34, 35, 41}) { // String to Path
      planted.put("text of " + id, text(id, name));
      planted.put("in a list " + id, join(new byte[] {2 * 44 + 1, 1}, text(id, name)));
    }
    planted.put("a class as a value", join(new byte[] {2 * 42 + 1}, kryoName(name)));
    planted.put(
        "a stream of objects",
        join(new byte[] {-84, -19, 0, 5, 's', 'r', 0}, name.getBytes(UTF_8)));
    planted.put("json", ("{\"@class\":\"" + name + "\"}").getBytes(UTF_8));
    planted.put("json array", ("[\"" + name + "\",{}]").getBytes(UTF_8));
    return planted;
  }

  private static List<ResultFormat<?>> formats() {
    List<ResultFormat<?>> formats = new ArrayList<>();
    formats.add(ResultFormat.of(Holder.class, List.of()));
    formats.add(ResultFormat.of(Class.class, List.of()));
    formats.add(ResultFormat.of(TimeUnit.class, List.of()));
    formats.add(ResultFormat.of(JdkTable.OPEN, List.of(TimeUnit.class)));
    formats.add(ResultFormat.of(new TypeRef<Map<Class<?>, String>>() {}.type(), List.of()));
    formats.add(ResultFormat.of(String.class, List.of()));
    formats.add(json(new TypeRef<Map<String, Object>>() {}));
    formats.add(json(TypeRef.of(Object.class)));
    formats.add(json(TypeRef.of(ByName.class)));
    formats.add(json(TypeRef.of(Throwable.class)));
    return formats;
  }

  private static <T> ResultFormat<T> json(TypeRef<T> type) {
    return ResultFormat.of(type.type(), new JsonCodec<>(type));
  }

  @Test
  @DisplayName("P8: a planted name of a class never initialises it")
  void plantedNameNeverInitialisesAClass() {
    int values = 0;
    int misses = 0;
    long name = Sha256.first8Of(Trap.class.getName());
    long[][] shapes = {{}, {name, Sha256.first8Of("class()")}, {name, name}};
    for (ResultFormat<?> format : formats()) {
      for (byte[] planted : planted(Trap.class.getName()).values()) {
        for (long[] ofTrap : shapes) {
          try {
            Object read =
                format.decode(
                    Entry.parse(
                        Entry.write(
                            1, 2, 3, 4, ARGUMENTS, new EncodedValue(planted, false, ofTrap)),
                        0));
            assertThat(read).isNotInstanceOf(Trap.class).isNotEqualTo(Trap.class);
            values++;
          } catch (EntryRejectedException e) {
            assertThat(e.reason()).isIn(Reason.UNDECODABLE, Reason.SHAPES);
            misses++;
          }
        }
      }
    }
    assertThat(values).as("the name as text").isPositive();
    assertThat(misses).isGreaterThan(values);
    assertThat(System.getProperty(SPRUNG)).isNull();
  }

  @Test
  @DisplayName("P8, twin: a Kryo that does not require registration initialises it")
  void kryoWithoutRegistrationInitialisesIt() {
    Kryo careless = new Kryo();
    careless.setRegistrationRequired(false);
    careless.setClassLoader(NoClassByNameTest.class.getClassLoader());
    Object read = careless.readClassAndObject(new Input(kryoName(TwinTrap.class.getName())));
    assertThat(read).isInstanceOf(TwinTrap.class);
    assertThat(System.getProperty(SPRUNG + ".kryo")).isNotNull();
  }

  @Test
  @DisplayName("P8, twin: a mapper that allows names of classes initialises it")
  void mapperThatAllowsNamesInitialisesIt() throws Exception {
    ObjectMapper careless = new ObjectMapper();
    careless.activateDefaultTyping(
        careless.getPolymorphicTypeValidator(), ObjectMapper.DefaultTyping.NON_FINAL);
    careless.setPolymorphicTypeValidator(
        com.fasterxml.jackson.databind.jsontype.impl.LaissezFaireSubTypeValidator.instance);
    String json = "[\"" + JsonTrap.class.getName() + "\",{}]";
    assertThat(careless.readValue(json, Object.class)).isInstanceOf(JsonTrap.class);
    assertThat(System.getProperty(SPRUNG + ".json")).isNotNull();
  }

  @Test
  @DisplayName("P8: the one Kryo requires registration, and has no resolver that knows names")
  void engineRequiresRegistration() throws ReflectiveOperationException {
    GraphEngine engine = GraphEngine.take(ClosedSet.of(Holder.class, List.of()));
    Field field = GraphEngine.class.getDeclaredField("kryo");
    field.setAccessible(true);
    @Nullable Object kryo = field.get(engine);
    assertThat(kryo).isInstanceOf(Kryo.class);
    assertThat(((Kryo) kryo).isRegistrationRequired()).isTrue();
    assertThat(((Kryo) kryo).getClassResolver()).isSameAs(engine);
    engine.giveBack();
  }
}
