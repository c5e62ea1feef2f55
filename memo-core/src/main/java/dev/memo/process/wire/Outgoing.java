package dev.memo.process.wire;

import java.nio.ByteBuffer;

/**
 * A message on its way out, as bytes that are sent one after the other.
 *
 * @param stream where it belongs
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Outgoing(int stream, Kind kind, byte[] fields, byte[] tail) {

  static Outgoing of(int stream, Message message) {
    FieldWriter fields = new FieldWriter();
    message.write(fields);
    return new Outgoing(stream, message.kind(), fields.toBytes(), message.tail());
  }

  int length() {
    return Math.addExact(fields.length, tail.length);
  }

  boolean fitsOneFrame() {
    return length() <= Wire.MAX_PAYLOAD;
  }

  /** Copies bytes from {@code from} on into {@code to}. */
  void copy(int from, int count, ByteBuffer to) {
    int ofFields = Math.max(0, Math.min(count, fields.length - from));
    if (ofFields > 0) {
      to.put(fields, from, ofFields);
    }
    if (count > ofFields) {
      to.put(tail, from + ofFields - fields.length, count - ofFields);
    }
  }
}
