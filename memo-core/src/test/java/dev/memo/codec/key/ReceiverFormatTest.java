package dev.memo.codec.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.annotation.CacheIdentity;
import dev.memo.annotation.Secret;
import dev.memo.failure.UncacheableArgumentException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the object that a method is called on is part of the key, and what is not. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // the format reads them
final class ReceiverFormatTest {
  private static final ArgumentsFormat<String> TEXT = ArgumentsFormat.ofOne(String.class);

  private record Call(Object receiver, String argument) implements InstanceCall<String> {}

  private interface Named {
    String id();

    default String shortId() {
      return id().substring(0, 1);
    }
  }

  private interface Service extends Named {}

  private static class Base {
    private final String region;

    Base(String region) {
      this.region = region;
    }

    private String secretName() {
      return "secret of " + region;
    }

    String overridden() {
      return secretName();
    }
  }

  private static class Geocoder extends Base implements Service {
    static final String CONSTANT = "same";
    final String model;
    final int untold;

    Geocoder(String region, String model, int untold) {
      super(region);
      this.model = model;
      this.untold = untold;
    }

    @Override
    public String id() {
      return model + "!";
    }

    String fails() {
      throw new IllegalStateException("not ready");
    }

    String interrupted() throws InterruptedException {
      throw new InterruptedException("stop");
    }

    Object self() {
      return this;
    }
  }

  private static class Marked {
    @CacheIdentity private final String id;

    Marked(String id) {
      this.id = id;
    }

    @CacheIdentity
    private String region() {
      return "region of " + id;
    }
  }

  private static final class Hiding extends Marked {
    private final String id = "hides the field that is marked";

    Hiding(String id) {
      super(id);
    }

    private String region() {
      return "hides the method that is marked";
    }
  }

  private static final class FastGeocoder extends Geocoder {
    FastGeocoder(String region, String model, int untold) {
      super(region, model, untold);
    }

    @Override
    String overridden() {
      return "fast";
    }
  }

  private record Point(int x, int y) {}

  private static byte[] bytes(ReceiverFormat receivers, Object receiver) {
    return ArgumentsFormat.<String, Call>ofInstanceCalls(receivers, TEXT)
        .encode(new Call(receiver, "a"));
  }

  private static ReceiverFormat by(Class<?> declaring, String... members) {
    return ReceiverFormat.identifiedBy("p.C#m", declaring, List.of(members));
  }

  private static ReceiverFormat by(String... members) {
    return by(Geocoder.class, members);
  }

  private static void assertAlike(ReceiverFormat receivers, Object one, Object other) {
    assertThat(bytes(receivers, one)).isEqualTo(bytes(receivers, other));
  }

  private static void assertDiffer(ReceiverFormat receivers, Object one, Object other) {
    assertThat(bytes(receivers, one)).isNotEqualTo(bytes(receivers, other));
  }

  @Test
  @DisplayName("P2: receivers that count by their content are alike if that is equal")
  void contentCounts() {
    ReceiverFormat content = ReceiverFormat.content("p.C#m");

    assertAlike(content, new Point(1, 2), new Point(1, 2));
    assertDiffer(content, new Point(1, 2), new Point(2, 1));
    assertDiffer(content, Thread.State.NEW, Thread.State.RUNNABLE);
  }

  private sealed interface Model permits Hosted, Local {}

  private record Hosted(@CacheIdentity String name, @CacheIdentity @Secret String key, int retries)
      implements Model {}

  private record Local(String name) implements Model {}

  private record Copy(@CacheIdentity String name) {}

  private record Unmarked(String name, int retries) {}

  /** Each constant is one of a kind, whatever it marks. */
  private enum Unit {
    METRE {
      @Override
      int size() {
        return 2;
      }
    },
    FOOT;

    @CacheIdentity
    int size() {
      return 1;
    }
  }

  @Test
  @DisplayName("P2: of content, what its own class marks is all that counts, and the class")
  void markedContentCounts() {
    ReceiverFormat content = ReceiverFormat.content("p.Model#answer");

    for (ReceiverFormat receivers : List.of(content, content.withClass())) {
      assertAlike(receivers, new Hosted("a", "k", 1), new Hosted("a", "k", 2));
      assertDiffer(receivers, new Hosted("a", "k", 1), new Hosted("b", "k", 1));
      assertDiffer(receivers, new Hosted("a", "k", 1), new Hosted("a", "other", 1));
      assertDiffer(receivers, new Copy("a"), new Local("a"));
      assertDiffer(receivers, new Hosted("a", "k", 1), new Copy("a"));
      assertDiffer(receivers, new Local("a"), new Local("b"));
      assertDiffer(receivers, new Unmarked("a", 1), new Unmarked("a", 2));
    }
    assertDiffer(content, Unit.METRE, Unit.FOOT);
    assertThat(new String(bytes(content, new Hosted("a", "hunter2", 1)), ISO_8859_1))
        .contains("Hosted#name")
        .doesNotContain("hunter2");
  }

  @Test
  @DisplayName("P2: one member that identifies receivers is all that counts")
  void oneMemberCounts() {
    ReceiverFormat model = by("model");

    assertAlike(model, new Geocoder("eu", "m1", 1), new Geocoder("us", "m1", 2));
    assertDiffer(model, new Geocoder("eu", "m1", 1), new Geocoder("eu", "m2", 1));
  }

  @Test
  @DisplayName("P2: receivers are alike if all members are that identify them")
  void severalMembersCount() {
    ReceiverFormat both = by("region", "id()");

    assertAlike(both, new Geocoder("eu", "m1", 1), new Geocoder("eu", "m1", 2));
    assertDiffer(both, new Geocoder("eu", "m1", 1), new Geocoder("us", "m1", 1));
    assertDiffer(both, new Geocoder("eu", "m1", 1), new Geocoder("eu", "m2", 1));
    assertDiffer(both, new Geocoder("a", "b", 1), new Geocoder("b!", "a", 1));
  }

  @Test
  void orderInWhichMembersAreNamedDoesNotCount() {
    Geocoder geocoder = new Geocoder("eu", "m1", 1);

    assertThat(bytes(by("region", "id()", "model"), geocoder))
        .isEqualTo(bytes(by("model", "region", "id()"), geocoder))
        .isEqualTo(bytes(by("model", "model", "region", "id()"), geocoder));
  }

  @Test
  @DisplayName("P2: of several members that were renamed, no receiver takes another's results")
  void namesOfSeveralMembersCount() {
    final class Old {
      final String a = "1";
      final String b = "2";
    }
    final class New {
      final String a = "1";
      final String c = "2";
    }

    assertThat(bytes(by(Old.class, "a", "b"), new Old()))
        .isNotEqualTo(bytes(by(New.class, "a", "c"), new New()));
    assertThat(bytes(by(Old.class, "b"), new Old()))
        .as("the name of an only member does not count")
        .isEqualTo(bytes(by(New.class, "c"), new New()));
  }

  @Test
  void membersAreFoundInSuperclassesHoweverPrivate() {
    assertThat(bytes(by("region"), new Geocoder("eu", "m1", 1))).contains('e', 'u');
    assertThat(bytes(by("secretName()"), new Geocoder("eu", "m1", 1)))
        .isEqualTo(bytes(ReceiverFormat.content("m"), "secret of eu"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "region()"})
  @DisplayName("P2: what is marked identifies receivers, whatever hides it in their class")
  void markedMembersAreNotHidden(String member) {
    assertDiffer(by(Hiding.class, member), new Hiding("one"), new Hiding("other"));
  }

  @Test
  void membersAreFoundInInterfaces() {
    Geocoder geocoder = new Geocoder("eu", "m1", 1);

    assertThat(bytes(by(Service.class, "id()"), geocoder))
        .isEqualTo(bytes(ReceiverFormat.content("m"), "m1!"));
    assertThat(bytes(by("shortId()"), geocoder)).isEqualTo(bytes(ReceiverFormat.content("m"), "m"));
  }

  @Test
  void methodThatIsOverriddenIsThatOfTheReceiversClass() {
    ReceiverFormat overridden = by("overridden()");

    assertAlike(overridden, new FastGeocoder("eu", "m", 1), new FastGeocoder("us", "m", 1));
    assertDiffer(overridden, new Geocoder("eu", "m", 1), new Geocoder("us", "m", 1));
  }

  @Test
  @DisplayName("P2: of ignored receivers nothing counts, nor of their class")
  void ignoredReceiversAreAlike() {
    assertAlike(ReceiverFormat.ignored("m"), new Geocoder("eu", "m1", 1), new Object());
    assertThat(bytes(ReceiverFormat.ignored("m"), new Object())).isEqualTo(TEXT.encode("a"));
  }

  @Test
  @DisplayName("P2: where the class is part of the key, receivers of two classes are never alike")
  void classCounts() {
    Geocoder slow = new Geocoder("eu", "m1", 1);
    Geocoder fast = new FastGeocoder("eu", "m1", 1);

    assertDiffer(by("model").withClass(), slow, fast);
    assertDiffer(ReceiverFormat.ignored("m").withClass(), slow, fast);
    assertAlike(by("model").withClass(), fast, new FastGeocoder("us", "m1", 2));
    assertAlike(by("model"), slow, fast); // twin: without the class they are
  }

  @Test
  void classesWithoutANameThatLastsAreRefused() {
    Callable<String> lambda = () -> "x";
    Object anonymous = new Object() {};
    Object proxy =
        Proxy.newProxyInstance(
            ReceiverFormatTest.class.getClassLoader(),
            new Class<?>[] {Named.class},
            (self, method, arguments) -> "id");

    assertRefused(lambda, "lambda");
    assertRefused(anonymous, "anonymous class");
    assertRefused(proxy, "proxy");
    assertThat(bytes(ReceiverFormat.ignored("m"), lambda)).isEqualTo(TEXT.encode("a"));
    assertThat(ReceiverFormat.namelessness(Geocoder.class)).isNull();
  }

  private static void assertRefused(Object receiver, String why) {
    assertThatThrownBy(() -> bytes(ReceiverFormat.ignored("m").withClass(), receiver))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith("receiver: its class, ")
        .hasMessageContaining(receiver.getClass().getName())
        .hasMessageContaining(why)
        .hasMessageContaining("named class");
  }

  @Test
  void whatAMemberThrowsIsTheCause() {
    assertThatThrownBy(() -> bytes(by("region", "fails()"), new Geocoder("eu", "m1", 1)))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessage(
            "receiver.fails(): reading it failed: java.lang.IllegalStateException: not ready")
        .hasRootCauseMessage("not ready")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void memberThatIsInterruptedLeavesTheInterrupt() {
    assertThatThrownBy(() -> bytes(by("interrupted()"), new Geocoder("eu", "m1", 1)))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void memberWithoutCanonicalEncodingIsRefusedByItsPath() {
    assertThatThrownBy(() -> bytes(by("self()"), new Geocoder("eu", "m1", 1)))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith("receiver.self(): ")
        .hasMessageContaining("has no canonical encoding");
  }

  @Test
  void membersOfAModuleThatDoesNotOpenAreRefusedWithTheRemedy() {
    assertThatThrownBy(() -> by(CRC32.class, "crc"))
        .isInstanceOf(UncacheableArgumentException.class)
        .hasMessageStartingWith("receiver.crc: ")
        .hasMessageContaining("start the JVM with --add-opens java.base/java.util.zip=");
  }

  @Test
  void memberThatIsGoneSaysToCompileAnew() {
    for (String gone : List.of("gone", "gone()", "model()", "id", "CONSTANT")) {
      assertThatThrownBy(() -> by(gone))
          .as(gone)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(Geocoder.class.getName())
          .hasMessageContaining("there is no " + gone)
          .hasMessageContaining("Compile both anew");
    }
  }

  @Test
  void identityOfNoMembersIsRefused() {
    assertThatThrownBy(() -> by())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("p.C#m");
  }

  private record Arguments(@Nullable Point point, int factor) {}

  @Test
  void receiverThatIsNullIsNamedByItsMethod() {
    ReceiverFormat content = ReceiverFormat.content("p.Point#times");
    ArgumentsFormat<Arguments> first = ArgumentsFormat.ofComponents(Arguments.class, content);
    ArgumentsFormat<@Nullable Point> only = ArgumentsFormat.ofReceiver(content, Point.class);

    assertThatThrownBy(() -> first.encode(new Arguments(null, 1)))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the receiver of p.Point#times is null");
    assertThatThrownBy(() -> only.encode(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the receiver of p.Point#times is null");
  }

  @Test
  @DisplayName("P2: a receiver counts alike whether it is the first argument or that of a handle")
  void receiverFirstIsTheSameKey() {
    record First(Geocoder geocoder, String text) {}
    ReceiverFormat both = by("region", "id()").withClass();
    Geocoder geocoder = new Geocoder("eu", "m1", 1);

    assertThat(
            ArgumentsFormat.<First>ofComponents(First.class, both).encode(new First(geocoder, "a")))
        .isEqualTo(bytes(both, geocoder));
    assertThat(
            ArgumentsFormat.<First>ofComponents(First.class, both)
                .receiver(new First(geocoder, "a")))
        .isSameAs(geocoder);
  }

  @Test
  void argumentsStandForBytesOnlyWhereTheReceiverIsPlainContent() {
    record First(Point point, String text) {}
    ReceiverFormat content = ReceiverFormat.content("m");

    assertThat(ArgumentsFormat.ofComponents(First.class, content).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofReceiver(content, Point.class).equalsLikeBytes()).isTrue();
    assertThat(ArgumentsFormat.ofReceiver(content, Geocoder.class).equalsLikeBytes()).isFalse();
    assertThat(ArgumentsFormat.ofReceiver(content, Copy.class).equalsLikeBytes()).isFalse();
    for (ReceiverFormat other :
        List.of(content.withClass(), ReceiverFormat.ignored("m"), by(Point.class, "x"))) {
      assertThat(ArgumentsFormat.ofComponents(First.class, other).equalsLikeBytes()).isFalse();
      assertThat(ArgumentsFormat.ofReceiver(other, Point.class).equalsLikeBytes()).isFalse();
    }
    assertThat(ArgumentsFormat.<String, Call>ofInstanceCalls(content, TEXT).equalsLikeBytes())
        .isFalse();
  }
}
