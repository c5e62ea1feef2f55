package dev.memo.codec;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import java.util.Objects;

/**
 * Stores results as JSON, for types that are open: {@code Map<String, Object>}, {@code JsonNode},
 * lists of them, and all else that Jackson reads and writes.
 *
 * <p>Needs {@code com.fasterxml.jackson.core:jackson-databind}, which memo does not bring along.
 * What comes back is what JSON can say: in an {@code Object}, a {@code Float} or {@code BigDecimal}
 * returns as a {@code Double}, a small {@code Long} as an {@code Integer}, an array as a list.
 * Classes that JSON would name ({@code @JsonTypeInfo(use = CLASS)}) are refused: use logical names.
 * A class without fields whose properties change, which memo cannot see, needs another {@code
 * version} of the method. Immutable and thread-safe.
 */
public final class JsonCodec<T> implements Codec<T> {
  /** Allows none of the types that JSON may name by class. */
  private static final PolymorphicTypeValidator NO_CLASS_NAMES =
      BasicPolymorphicTypeValidator.builder().build();

  private final ObjectReader reader;
  private final ObjectWriter writer;

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
  }

  @Override
  public String id() {
    return "json/1";
  }

  @Override
  public byte[] encode(T value) throws Exception {
    return writer.writeValueAsBytes(value);
  }

  @Override
  public T decode(byte[] bytes) throws Exception {
    T value = reader.readValue(bytes);
    return Objects.requireNonNull(value, "JSON null");
  }
}
