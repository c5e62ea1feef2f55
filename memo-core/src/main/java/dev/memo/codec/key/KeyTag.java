package dev.memo.codec.key;

import dev.memo.codec.KeyEncoder;

/**
 * The first byte of every encoded argument; part of the format, never to be changed or used again
 * for something else.
 *
 * <p>Numbers are big-endian two's complement of their width. <i>n</i> is a varint without needless
 * bytes: seven bits a byte, lowest first, the highest bit set on all but the last. <i>text</i> is
 * the number of bytes, <i>n</i>, and UTF-8, in which a lone surrogate takes three bytes, as other
 * characters of its size do; nothing is normalised. <i>value</i> is again a tag and what belongs to
 * it. No encoding is a prefix of another.
 *
 * <p>The class of a value decides on its tag, a primitive has that of its box. The arguments of a
 * function of several parameters are their values, one after the other, with nothing between;
 * {@link dev.memo.annotation.KeyIgnored ignored} ones are left out.
 *
 * <p>What identifies the receiver of an instance method comes before the arguments. First CLASS,
 * its class, if receivers may be of several. Then its value, if its content counts; the value of
 * the one member that counts; or of several, sorted by name as UTF-16, STRING (the name, with "()"
 * if it is a method) and the value of each. Nothing, if all receivers are alike.
 */
final class KeyTag {
  private KeyTag() {}

  static final int NULL = 0x00;
  static final int FALSE = 0x01;
  static final int TRUE = 0x02;

  /** 1 byte. */
  static final int BYTE = 0x03;

  /** 2 bytes. */
  static final int SHORT = 0x04;

  /** 2 bytes, unsigned. */
  static final int CHAR = 0x05;

  /** 4 bytes. */
  static final int INT = 0x06;

  /** 8 bytes. */
  static final int LONG = 0x07;

  /** IEEE 754, 4 bytes; NaN is 7fc00000. */
  static final int FLOAT = 0x08;

  /** IEEE 754, 8 bytes; NaN is 7ff8000000000000. */
  static final int DOUBLE = 0x09;

  /** text. */
  static final int STRING = 0x0a;

  /** text: binary name of the declaring class; text: name of the constant. */
  static final int ENUM = 0x0b;

  /** text: {@link Class#getName}. */
  static final int CLASS = 0x0c;

  /** The most significant 8 bytes, then the least significant 8. */
  static final int UUID = 0x0d;

  /** n, and as many bytes of two's complement: the fewest that have a bit for the sign. */
  static final int BIG_INTEGER = 0x0e;

  /** Scale, 4 bytes; unscaled value as in BIG_INTEGER. */
  static final int BIG_DECIMAL = 0x0f;

  /**
   * text: scheme and host in lower case, the digits of escapes in upper case, all else as written.
   * Without an authority, "//" stands before a path that begins with "//", and ":" before a path
   * with a colon that follows no scheme. A port that is not given is left out with its colon.
   */
  static final int URI = 0x10;

  /**
   * text: the path in the default file system, made absolute by the working directory; not
   * normalised, links not followed.
   */
  static final int PATH = 0x11;

  /**
   * Component type, n, as many elements.
   *
   * <p>The component type is 1 byte: 01 Object, 02 String, 03 Boolean, 04 Byte, 05 Short, 06
   * Character, 07 Integer, 08 Long, 09 Float, 0a Double, 0b BigInteger, 0c BigDecimal; 20 boolean,
   * 21 byte, 22 short, 23 char, 24 int, 25 long, 26 float, 27 double; for others 00, then text:
   * {@link Class#getName} of the component type. Elements of primitive types have no tag (a boolean
   * is 00 or 01), others are values.
   */
  static final int ARRAY = 0x12;

  /** n, as many values. */
  static final int LIST = 0x13;

  /** n, as many values, sorted by their bytes, unsigned and from the first on. */
  static final int SET = 0x14;

  /** n, as many pairs of values (key, value), sorted by the bytes of the pair, as in SET. */
  static final int MAP = 0x15;

  /** value; NULL if empty. */
  static final int OPTIONAL = 0x16;

  /** value: INT, or NULL if empty. */
  static final int OPTIONAL_INT = 0x17;

  /** value: LONG, or NULL if empty. */
  static final int OPTIONAL_LONG = 0x18;

  /** value: DOUBLE, or NULL if empty. */
  static final int OPTIONAL_DOUBLE = 0x19;

  /**
   * text: binary name of the class; n; as many pairs of text (name, {@link Class#getName} of the
   * erased type); as many values, which are what the fields hold; all in the order of declaration.
   */
  static final int RECORD = 0x1a;

  /** text: name of the class; the values that its {@link KeyEncoder} wrote; END. */
  static final int ENCODED = 0x1b;

  /**
   * 32 bytes: SHA-256 of a value, of whose own bytes nothing is kept; a parameter, or a component
   * of a record, that is a {@link dev.memo.annotation.Secret}.
   */
  static final int SECRET = 0x1c;

  /** Seconds since 1970, 8 bytes; nanoseconds, 4 bytes. */
  static final int INSTANT = 0x20;

  /** Year, 4 bytes; month, 1; day, 1. */
  static final int LOCAL_DATE = 0x21;

  /** Nanosecond of the day, 8 bytes. */
  static final int LOCAL_TIME = 0x22;

  /** As LOCAL_DATE and LOCAL_TIME, without their tags. */
  static final int LOCAL_DATE_TIME = 0x23;

  /** Seconds, 4 bytes. */
  static final int ZONE_OFFSET = 0x24;

  /** text: {@link java.time.ZoneId#getId} of what is not a ZoneOffset. */
  static final int ZONE_REGION = 0x25;

  /** As LOCAL_TIME and ZONE_OFFSET, without their tags. */
  static final int OFFSET_TIME = 0x26;

  /** As LOCAL_DATE_TIME and ZONE_OFFSET, without their tags. */
  static final int OFFSET_DATE_TIME = 0x27;

  /** As OFFSET_DATE_TIME, then value: ZONE_REGION or ZONE_OFFSET. */
  static final int ZONED_DATE_TIME = 0x28;

  /** Seconds, 8 bytes; nanoseconds, 4 bytes. */
  static final int DURATION = 0x29;

  /** Years, months, days, 4 bytes each. */
  static final int PERIOD = 0x2a;

  /** 4 bytes. */
  static final int YEAR = 0x2b;

  /** Year, 4 bytes; month, 1. */
  static final int YEAR_MONTH = 0x2c;

  /** Month, day, 1 byte each. */
  static final int MONTH_DAY = 0x2d;

  /** Ends ENCODED. */
  static final int END = 0xff;
}
