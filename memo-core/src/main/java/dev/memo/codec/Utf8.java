package dev.memo.codec;

/**
 * UTF-8 that keeps every Java string: a surrogate without its partner, which the JDK's encoder
 * replaces by a question mark, is written in three bytes like any other character of its size. So
 * different strings never have equal bytes.
 */
public final class Utf8 {
  private Utf8() {}

  /** How many bytes the string takes. */
  public static long length(String s) {
    int chars = s.length();
    long bytes = chars;
    for (int i = 0; i < chars; i++) {
      char c = s.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          bytes++;
        } else if (isPair(s, i)) {
          bytes += 2; // four bytes for two chars
          i++;
        } else {
          bytes += 2;
        }
      }
    }
    return bytes;
  }

  /** Writes the string, for which there must be room; returns the end. */
  @SuppressWarnings("deprecation") // the JDK's only copy of ASCII characters without an allocation
  public static int write(String s, long length, byte[] to, int at) {
    int chars = s.length();
    if (length == chars) {
      s.getBytes(0, chars, to, at);
      return at + chars;
    }
    for (int i = 0; i < chars; i++) {
      char c = s.charAt(i);
      if (c < 0x80) {
        to[at++] = (byte) c;
      } else if (c < 0x800) {
        to[at++] = (byte) (0xC0 | c >> 6);
        to[at++] = continuation(c);
      } else if (isPair(s, i)) {
        int point = Character.toCodePoint(c, s.charAt(++i));
        to[at++] = (byte) (0xF0 | point >> 18);
        to[at++] = continuation(point >> 12);
        to[at++] = continuation(point >> 6);
        to[at++] = continuation(point);
      } else {
        to[at++] = (byte) (0xE0 | c >> 12);
        to[at++] = continuation(c >> 6);
        to[at++] = continuation(c);
      }
    }
    return at;
  }

  /** Whether the string has a surrogate without its partner. */
  public static boolean hasLoneSurrogate(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (Character.isSurrogate(s.charAt(i))) {
        if (!isPair(s, i)) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /** Reads what {@link #write} wrote of a string with lone surrogates. */
  public static String readWithLoneSurrogates(byte[] from, int at, int length) {
    StringBuilder out = new StringBuilder(length);
    int end = at + length;
    while (at < end) {
      int lead = from[at] & 0xFF;
      int size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
      if (end - at < size) {
        throw new IllegalArgumentException("text ends inside a character");
      }
      int point = size == 1 ? lead : lead & (0xFF >> (size + 1));
      for (int i = 1; i < size; i++) {
        point = point << 6 | (from[at + i] & 0x3F);
      }
      out.appendCodePoint(point);
      at += size;
    }
    return out.toString();
  }

  private static boolean isPair(String s, int i) {
    return Character.isHighSurrogate(s.charAt(i))
        && i + 1 < s.length()
        && Character.isLowSurrogate(s.charAt(i + 1));
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3F));
  }
}
