package dev.memo.codec.key;

/**
 * Finds where an encoded argument ends by what its bytes say, as {@link KeyTag} describes them. If
 * it always finds the end, none is a prefix of another, in whatever list of arguments.
 */
final class EncodedEnd {
  private final byte[] bytes;
  private int at;

  private EncodedEnd(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The end of the argument that begins there. */
  static int of(byte[] bytes, int start) {
    EncodedEnd end = new EncodedEnd(bytes, start);
    end.value(end.next());
    return end.at;
  }

  private void value(int tag) {
    switch (tag) {
      case KeyTag.NULL, KeyTag.FALSE, KeyTag.TRUE -> {}
      case KeyTag.BYTE -> skip(1);
      case KeyTag.SHORT, KeyTag.CHAR, KeyTag.MONTH_DAY -> skip(2);
      case KeyTag.INT, KeyTag.FLOAT, KeyTag.YEAR, KeyTag.ZONE_OFFSET -> skip(4);
      case KeyTag.YEAR_MONTH -> skip(5);
      case KeyTag.LOCAL_DATE -> skip(6);
      case KeyTag.LONG, KeyTag.DOUBLE, KeyTag.LOCAL_TIME -> skip(8);
      case KeyTag.INSTANT, KeyTag.DURATION, KeyTag.PERIOD, KeyTag.OFFSET_TIME -> skip(12);
      case KeyTag.LOCAL_DATE_TIME -> skip(14);
      case KeyTag.UUID -> skip(16);
      case KeyTag.OFFSET_DATE_TIME -> skip(18);
      case KeyTag.ZONED_DATE_TIME -> {
        skip(18);
        value(next());
      }
      case KeyTag.BIG_DECIMAL -> {
        skip(4);
        text();
      }
      case KeyTag.STRING,
          KeyTag.CLASS,
          KeyTag.URI,
          KeyTag.PATH,
          KeyTag.ZONE_REGION,
          KeyTag.BIG_INTEGER ->
          text();
      case KeyTag.ENUM -> {
        text();
        text();
      }
      case KeyTag.ARRAY -> array();
      case KeyTag.LIST, KeyTag.SET -> values(number());
      case KeyTag.MAP -> values(2 * number());
      case KeyTag.OPTIONAL, KeyTag.OPTIONAL_INT, KeyTag.OPTIONAL_LONG, KeyTag.OPTIONAL_DOUBLE ->
          value(next());
      case KeyTag.RECORD -> record();
      case KeyTag.ENCODED -> encoded();
      default -> throw new AssertionError("no tag: " + tag + " at " + (at - 1));
    }
  }

  private void values(int count) {
    for (int i = 0; i < count; i++) {
      value(next());
    }
  }

  private void array() {
    int code = next();
    if (code == 0) {
      text();
    }
    int count = number();
    switch (code) {
      case 0x20, 0x21 -> skip(count);
      case 0x22, 0x23 -> skip(2 * count);
      case 0x24, 0x26 -> skip(4 * count);
      case 0x25, 0x27 -> skip(8 * count);
      default -> values(count);
    }
  }

  private void record() {
    text();
    int components = number();
    for (int i = 0; i < 2 * components; i++) {
      text();
    }
    values(components);
  }

  private void encoded() {
    text();
    for (int tag = next(); tag != KeyTag.END; tag = next()) {
      value(tag);
    }
  }

  private void text() {
    skip(number());
  }

  private int number() {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int part = next();
      value |= (part & 0x7F) << shift;
      if (part < 0x80) {
        return value;
      }
    }
  }

  private int next() {
    return bytes[at++] & 0xFF;
  }

  private void skip(int count) {
    at += count;
  }
}
