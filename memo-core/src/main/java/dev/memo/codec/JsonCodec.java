package dev.memo.codec;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import dev.memo.codec.type.ShownClasses;
import java.util.Objects;

/**
 * Stores results as JSON, for types that are open: {@code Map<String, Object>}, {@code JsonNode},
 * lists of them, and all else that Jackson reads and writes.
 *
 * <p>Needs {@code com.fasterxml.jackson.core:jackson-databind}, which memo does not bring along.
 * What JSON would change is refused with the path to it, since every value is read back before it
 * is stored. An {@code Object} may be a {@code String}, {@code Boolean}, {@code Integer}, {@code
 * Double}, a {@code Long} or {@code BigInteger} that fits no smaller type, null, and lists and maps
 * with text keys of these; not a {@code Date}, {@code Float} or {@code Set}: declare a type that
 * says so, or return text. In a {@code JsonNode} only the value of a number counts. Lists and maps
 * of the JDK come back modifiable, in their order, without comparators; others, such as immutable
 * ones of a library, are refused where they would come back as a class of the JDK: return a copy.
 * Objects of your classes are compared field by field, transient ones excepted.
 *
 * <p>A class of yours may occur if the result type shows it: by its name, or in the fields, type
 * arguments and permitted subtypes of what it shows. When one of them changes, its results are
 * computed again. So subtypes of an open class or interface are refused, as are classes that JSON
 * would name ({@code @JsonTypeInfo(use = CLASS)}): seal it, and use logical names. What
 * annotations, getters and modules of Jackson make of the same fields memo cannot see: if that
 * changes, give the method another {@code version}. Thread-safe.
 */
public final class JsonCodec<T> implements Codec<T> {
  /**
   * Denies names of classes before anybody looks for the class: Jackson initialises what it finds,
   * even if its type is denied then.
   */
  private static final PolymorphicTypeValidator NO_CLASS_NAMES =
      new PolymorphicTypeValidator.Base() {
        private static final long serialVersionUID = 1L;

        @Override
        public Validity validateSubClassName(
            MapperConfig<?> config, JavaType baseType, String subClassName) {
          return Validity.DENIED;
        }
      };

  private final ObjectReader reader;
  private final ObjectWriter writer;
  private final JsonRoundTrip roundTrip;

  /** The codec of results of this type. */
  public JsonCodec(TypeRef<T> type) {
    ObjectMapper mapper =
        JsonMapper.builder()
            .findAndAddModules()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .polymorphicTypeValidator(NO_CLASS_NAMES)
            .build();
    JavaType javaType = mapper.constructType(type.type());
    this.reader = mapper.readerFor(javaType);
    this.writer = mapper.writerFor(javaType);
    this.roundTrip = new JsonRoundTrip(ShownClasses.of(type.type()));
  }

  @Override
  public String id() {
    return "json/1";
  }

  @Override
  public byte[] encode(T value) throws Exception {
    byte[] bytes = writer.writeValueAsBytes(value);
    T copy;
    try {
      copy = decode(bytes);
    } catch (Exception e) {
      throw new IllegalArgumentException("it cannot read back what it wrote: " + e, e);
    }
    String difference = roundTrip.difference(value, copy);
    if (difference != null) {
      throw new IllegalArgumentException("value" + difference);
    }
    return bytes;
  }

  @Override
  public T decode(byte[] bytes) throws Exception {
    T value = reader.readValue(bytes);
    return Objects.requireNonNull(value, "JSON null");
  }
}
