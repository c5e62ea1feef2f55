package dev.memo.codec.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which records are trusted to keep what they are given, and which are read back each time. */
class PlainRecordTest {
  record Empty() {}

  record Widths(int i, long l, double d, boolean b, float f, char c, short s, byte y) {}

  @SuppressWarnings("ArrayRecordComponent") // looked at, never compared
  record Parts<T extends @Nullable Object>(T content, List<T> more, int[]... arrays) {}

  record Derived(String first, String last) {
    Derived(String name) {
      this(name, name);
    }

    String name() {
      return first + last;
    }
  }

  private record Hidden(String text) {}

  record Spelled(int number) {
    Spelled(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Empty.class,
        Widths.class,
        Parts.class,
        Derived.class,
        Hidden.class,
        Spelled.class
      })
  void recordThatKeepsWhatItIsGivenIsPlain(Class<?> type) {
    assertThat(PlainRecord.is(type)).isTrue();
  }

  record Checked(String text) {
    Checked {
      Objects.requireNonNull(text);
    }
  }

  record Counted(int number) {
    Counted {
      number++;
    }
  }

  record Prefixed(String text) {
    Prefixed(String text) {
      this.text = "a" + text;
    }
  }

  record Swapped(int a, int b) {
    Swapped(int a, int b) {
      this.a = b;
      this.b = a;
    }
  }

  record Fixed(int number) {
    Fixed(int number) {
      this.number = 4711;
    }
  }

  record Chosen(int number) {
    Chosen {
      number = number > 0 ? number : 1;
    }
  }

  record Accessed(String text) {
    @Override
    public String text() {
      return text.strip();
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Checked.class,
        Counted.class,
        Prefixed.class,
        Swapped.class,
        Fixed.class,
        Chosen.class,
        Accessed.class
      })
  void recordWithCodeOfItsAuthorIsNot(Class<?> type) {
    assertThat(PlainRecord.is(type)).isFalse();
  }
}
