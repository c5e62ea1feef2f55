package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.memo.codec.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * Text in values: twice the number of bytes, plus one if there are lone surrogates, as a varint;
 * then {@link Utf8}.
 */
final class ValueText {
  private ValueText() {}

  static void write(Output out, String text) {
    long length = Utf8.length(text);
    if (length > Integer.MAX_VALUE / 2) {
      throw new GraphEngine.ValueTooLargeException();
    }
    Lengths.requireRoom(out, length);
    boolean lone = length != text.length() && Utf8.hasLoneSurrogate(text);
    out.writeVarInt((int) length << 1 | (lone ? 1 : 0), true);
    int start = out.position();
    if (out.getBuffer().length - start < length) {
      byte[] bytes = new byte[(int) length];
      Utf8.write(text, length, bytes, 0);
      out.writeBytes(bytes);
    } else {
      out.setPosition(Utf8.write(text, length, out.getBuffer(), start));
    }
  }

  static String read(Input in) {
    int header = in.readVarInt(true);
    int length = Lengths.check(in, header >>> 1);
    int start = in.position();
    in.setPosition(start + length);
    return (header & 1) == 0
        ? new String(in.getBuffer(), start, length, StandardCharsets.UTF_8)
        : Utf8.readWithLoneSurrogates(in.getBuffer(), start, length);
  }
}
