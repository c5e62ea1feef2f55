package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.memo.Binding;
import dev.memo.CachedMethod;
import dev.memo.Memo;
import dev.memo.call.CachedFunction;
import dev.memo.call.MissReason;
import dev.memo.call.UnstoredReason;
import dev.memo.codec.Codec;
import dev.memo.codec.EncodedValue;
import dev.memo.codec.EntryRejectedException;
import dev.memo.codec.EntryRejectedException.Reason;
import dev.memo.codec.TypeRef;
import dev.memo.failure.UncacheableResultException;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a codec, or a class of the user's, throws while a value is written or read. */
class FailingCodecTest {
  private static final AtomicReference<@Nullable Throwable> ON_ENCODE = new AtomicReference<>();
  private static final AtomicReference<@Nullable Throwable> ON_DECODE = new AtomicReference<>();

  @AfterEach
  void failNoMore() {
    ON_ENCODE.set(null);
    ON_DECODE.set(null);
    assertThat(Thread.interrupted()).as("left behind").isFalse();
  }

  /** Throws anything, as languages beside Java do, and those who trick its compiler. */
  @SuppressWarnings("unchecked") // the trick
  private static <X extends Throwable> void fail(AtomicReference<@Nullable Throwable> on) throws X {
    Throwable failure = on.get();
    if (failure != null) {
      throw (X) failure;
    }
  }

  /** Fails as the test says. */
  public static final class Failing implements Codec<String> {
    @Override
    public String id() {
      return "failing/1";
    }

    @Override
    public byte[] encode(String value) {
      FailingCodecTest.<RuntimeException>fail(ON_ENCODE);
      return new byte[] {(byte) value.length()};
    }

    @Override
    public String decode(byte[] bytes) {
      FailingCodecTest.<RuntimeException>fail(ON_DECODE);
      return "x".repeat(bytes[0]);
    }
  }

  private static final ResultFormat<String> FORMAT = ResultFormat.of(String.class, new Failing());
  private static final EncodedValue STORED = new EncodedValue(new byte[] {2}, false, new long[0]);

  private static Reason reasonOfDecoding(Throwable failure) {
    ON_DECODE.set(failure);
    return catchThrowableOfType(
            EntryRejectedException.class, () -> ResultFormatTest.decode(FORMAT, STORED))
        .reason();
  }

  @Test
  @DisplayName("P2: what the codec throws says that the bytes are not its own")
  void failureOfDecodingIsAMiss() {
    for (Throwable failure :
        List.of(
            new AssertionError("mine"),
            new NoClassDefFoundError("gone"),
            new EOFException("short"),
            new IllegalStateException("odd"))) {
      assertThat(reasonOfDecoding(failure)).as(failure.toString()).isEqualTo(Reason.UNDECODABLE);
    }
  }

  @Test
  @DisplayName("P2: a small stack or an interrupt says nothing about the bytes")
  void failureOfTheMomentDoesNotMakeAnEntryAnotherPrograms() {
    assertThat(reasonOfDecoding(new StackOverflowError())).isEqualTo(Reason.UNREADABLE);
    assertThat(reasonOfDecoding(new InterruptedIOException())).isEqualTo(Reason.UNREADABLE);
    assertThat(reasonOfDecoding(new InterruptedException())).isEqualTo(Reason.UNREADABLE);
    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
  }

  @Test
  void errorsOfTheVirtualMachineArePassedOn() {
    ON_DECODE.set(new OutOfMemoryError("for the test"));
    assertThatThrownBy(() -> ResultFormatTest.decode(FORMAT, STORED))
        .isInstanceOf(OutOfMemoryError.class);
  }

  private static final List<Integer> RUNS = new ArrayList<>();

  static String name(int number) {
    RUNS.add(number);
    return "x".repeat(number);
  }

  private static CachedFunction<Integer, String, RuntimeException> cached() {
    return CachedMethod.in("failing.memo", FailingCodecTest.class, "name", int.class)
        .codec(Failing.class)
        .calls(FailingCodecTest::name);
  }

  @Test
  @DisplayName("P3, P4: an error of a codec costs no caller the value, now or later")
  @SuppressWarnings("try") // bindings are for their end only
  void errorOfACodecCostsNobodyTheValue(@TempDir Path folder) {
    RUNS.clear();
    try (Binding bound = Memo.bind("failing.memo", folder.resolve("failing.memo"))) {
      ON_ENCODE.set(new AssertionError("while it is written"));
      CachedFunction<Integer, String, RuntimeException> name = cached();
      assertThat(name.call(2)).isEqualTo("xx");
      assertThat(name.stats().unstoredByReason()).containsEntry(UnstoredReason.UNCACHEABLE, 1L);
      ON_ENCODE.set(null);
      assertThat(name.call(2)).isEqualTo("xx");
    }
    try (Binding bound = Memo.bind("failing.memo", folder.resolve("failing.memo"))) {
      ON_DECODE.set(new AssertionError("while it is read"));
      CachedFunction<Integer, String, RuntimeException> name = cached();
      assertThat(name.call(2)).isEqualTo("xx");
      assertThat(name.stats().missesByReason()).containsEntry(MissReason.UNDECODABLE, 1L);
    }
    try (Binding bound = Memo.bind("failing.memo", folder.resolve("failing.memo"))) {
      ON_DECODE.set(new StackOverflowError());
      CachedFunction<Integer, String, RuntimeException> name = cached();
      assertThat(name.call(2)).isEqualTo("xx");
      assertThat(name.stats().missesByReason()).containsEntry(MissReason.UNREADABLE, 1L);
      ON_DECODE.set(null);
    }
    try (Binding bound = Memo.bind("failing.memo", folder.resolve("failing.memo"))) {
      assertThat(cached().call(2)).isEqualTo("xx");
    }
    assertThat(RUNS).as("each failure once, and nothing else").containsExactly(2, 2, 2, 2);
  }

  @Test
  @DisplayName("P4, P5: a value for whose bytes there is no memory is returned, and counted")
  @SuppressWarnings("try") // bindings are for their end only
  void valueWithoutMemoryForItsBytesIsReturnedAndCounted(@TempDir Path folder) {
    RUNS.clear();
    OutOfMemoryError full = new OutOfMemoryError("for the test");
    try (Binding bound = Memo.bind("failing.memo", folder.resolve("failing.memo"))) {
      ON_ENCODE.set(full);
      CachedFunction<Integer, String, RuntimeException> name = cached();
      assertThat(name.call(2)).isEqualTo("xx");
      assertThat(name.refresh(2)).isEqualTo("xx");
      assertThat(name.stats().unstoredByReason()).containsEntry(UnstoredReason.UNCACHEABLE, 2L);
      assertThatThrownBy(() -> name.put(2, "yy"))
          .isInstanceOf(UncacheableResultException.class)
          .hasMessageContaining("no memory")
          .hasCause(full);
      assertThat(name.isCached(2)).isFalse();
      ON_ENCODE.set(null);
      assertThat(name.call(2)).isEqualTo("xx");
      assertThat(name.isCached(2)).isTrue();
    }
    assertThat(RUNS).containsExactly(2, 2, 2);
  }

  /** An element whose methods fail while the test says so. */
  record Touchy(int number, String failing) implements Comparable<Touchy> {
    private void touch(String method) {
      if (failing.equals(method)) {
        FailingCodecTest.<RuntimeException>fail(ON_DECODE);
      }
    }

    @Override
    public boolean equals(@Nullable Object other) {
      touch("equals");
      return other instanceof Touchy that && number == that.number;
    }

    @Override
    public int hashCode() {
      touch("hashCode");
      return 1;
    }

    @Override
    public int compareTo(Touchy other) {
      touch("compareTo");
      return Integer.compare(number, other.number);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"equals", "hashCode", "compareTo"})
  @DisplayName("P3, P4: an error of an element is a refusal when written, and a miss when read")
  void errorOfAnElementIsARefusalOrAMiss(String method) {
    List<Touchy> elements = Arrays.asList(new Touchy(1, method), new Touchy(2, method));
    boolean sorted = method.equals("compareTo");
    Set<Touchy> value = sorted ? new TreeSet<>(elements) : Set.copyOf(elements);
    ResultFormat<Set<Touchy>> format =
        ResultFormat.of(new TypeRef<Set<Touchy>>() {}.type(), List.of());
    EncodedValue stored = format.encode(value);
    ON_DECODE.set(new AssertionError(method));
    assertThatThrownBy(() -> ResultFormatTest.decode(format, stored))
        .isInstanceOf(EntryRejectedException.class);
    ResultFormat<Set<Touchy>> fresh =
        ResultFormat.of(new TypeRef<Set<Touchy>>() {}.type(), List.of());
    assertThatThrownBy(() -> fresh.encode(value)).isInstanceOf(UncacheableResultException.class);
  }
}
