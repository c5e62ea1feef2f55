package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.memo.codec.Codec;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.JsonCodec;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Codecs that are not memo's own. */
class CodecTest {
  private static <T> ResultFormat<T> json(TypeRef<T> type) {
    return ResultFormat.of(type.type(), new JsonCodec<>(type));
  }

  @Test
  void jsonServesMapsOfAnything() throws Exception {
    ResultFormat<Map<String, Object>> format = json(new TypeRef<Map<String, Object>>() {});
    Map<String, Object> value = Map.of("a", List.of(1, "b", Map.of("c", true)), "d", 1.5);
    assertThat(ResultFormatTest.decode(format, format.encode(value))).isEqualTo(value);
  }

  @Test
  void jsonServesNodesAndListsOfThem() throws Exception {
    ResultFormat<List<JsonNode>> format = json(new TypeRef<List<JsonNode>>() {});
    List<JsonNode> value = List.of(JsonNodeFactory.instance.objectNode().put("a", 1));
    assertThat(ResultFormatTest.decode(format, format.encode(value))).isEqualTo(value);
  }

  @Test
  void damagedJsonIsAMiss() {
    ResultFormat<Map<String, Object>> format = json(new TypeRef<Map<String, Object>>() {});
    byte[] damaged = "{\"a\": 1} x".getBytes(StandardCharsets.UTF_8);
    assertThat(
            catchThrowableOfType(
                    EntryRejectedException.class,
                    () ->
                        ResultFormatTest.decode(
                            format, new EncodedValue(damaged, false, new long[0])))
                .reason())
        .isEqualTo(Reason.UNDECODABLE);
  }

  @Test
  void failureOfACodecIsACause() {
    Exception failure = new Exception("broken");
    ResultFormat<String> format = ResultFormat.of(String.class, failing(failure));
    assertThatThrownBy(() -> format.encode("a"))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("broken")
        .hasCause(failure);
  }

  record Named(String name) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  record Dog(String name) {}

  @Test
  @DisplayName("P2: a codec that reads null has read nothing")
  void nullFromACodecIsAMiss() {
    Codec<String> codec =
        new Codec<>() {
          @Override
          public String id() {
            return "null/1";
          }

          @Override
          public byte[] encode(String value) {
            return new byte[1];
          }

          @Override
          @SuppressWarnings("NullAway") // what it must not do
          public String decode(byte[] bytes) {
            return null;
          }
        };
    ResultFormat<String> format = ResultFormat.of(String.class, codec);
    EncodedValue stored = new EncodedValue(new byte[1], false, new long[0]);
    assertThatThrownBy(() -> ResultFormatTest.decode(format, stored))
        .isInstanceOf(EntryRejectedException.class);
    assertThatThrownBy(() -> format.encode("a"))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("cannot read back");
  }

  @Test
  @DisplayName("P8: JSON that names a class to load is refused, when written and when read")
  void jsonNamesNoClass() {
    ResultFormat<Dog> format = json(TypeRef.of(Dog.class));
    assertThatThrownBy(() -> format.encode(new Dog("a")))
        .isInstanceOf(UncacheableResultException.class)
        .hasMessageContaining("cannot read back what it wrote");
    byte[] named =
        ("{\"@class\":\"" + Dog.class.getName() + "\",\"name\":\"a\"}")
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> ResultFormatTest.decode(format, new EncodedValue(named, false, new long[0])))
        .isInstanceOf(EntryRejectedException.class);
  }

  @Test
  void jsonServesRecords() throws Exception {
    ResultFormat<Map<String, Named>> format = json(new TypeRef<Map<String, Named>>() {});
    Map<String, Named> value = Map.of("a", new Named("b"));
    assertThat(ResultFormatTest.decode(format, format.encode(value))).isEqualTo(value);
  }

  @Test
  void idOfMemosOwnFormatIsTaken() {
    assertThatThrownBy(() -> ResultFormat.of(String.class, failing("memo/1", new Exception())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("memo/1");
  }

  @Test
  void idOfACodecIsPartOfTheVariant() {
    assertThat(ResultFormat.of(String.class, failing(new Exception())).variant())
        .isNotEqualTo(ResultFormat.of(String.class, List.of()).variant());
  }

  private static Codec<String> failing(Exception failure) {
    return failing("failing/1", failure);
  }

  private static Codec<String> failing(String id, Exception failure) {
    return new Codec<>() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public byte[] encode(String value) throws Exception {
        throw failure;
      }

      @Override
      public String decode(byte[] bytes) throws Exception {
        throw failure;
      }
    };
  }
}
