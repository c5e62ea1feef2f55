package dev.memo.process.wire;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Makes messages of frames. What is not complete yet may take {@value #BUDGET} bytes of memory
 * before credits are withheld from all streams but the oldest one, which therefore always comes to
 * its end. Of one thread only.
 */
final class Inbox {
  /** Takes messages that are complete. */
  interface Receiver {
    void received(int stream, Message message);
  }

  static final int BUDGET = 32 << 20;

  /** A message of which more is to come. */
  private static final class Part {
    final Kind kind;
    final int length;
    byte[] bytes;
    int size;
    int owed;

    Part(Kind kind, int length, int firstPayload) {
      this.kind = kind;
      this.length = length;
      this.bytes = new byte[Math.min(length, firstPayload)];
    }

    void add(byte[] payload, int from) throws WireException {
      int count = payload.length - from;
      if (count == 0 || count > length - size) {
        throw new WireException(count + " more bytes of a message that lacks " + (length - size));
      }
      if (count > bytes.length - size) {
        // grown as bytes arrive: a length that was only claimed costs nothing
        long doubled = Math.max((long) bytes.length * 2, size + count);
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, doubled));
      }
      System.arraycopy(payload, from, bytes, size, count);
      size += count;
    }
  }

  private final Receiver receiver;
  private final IntConsumer credit;
  private final Map<Integer, Part> parts = new LinkedHashMap<>(); // the oldest first
  private long held;

  /**
   * @param credit is told the stream of each credit to give
   */
  Inbox(Receiver receiver, IntConsumer credit) {
    this.receiver = receiver;
    this.credit = credit;
  }

  /** Takes the payload of a frame, which is not copied. */
  void frame(int code, int stream, byte[] payload) throws WireException {
    boolean more = (code & Wire.MORE) != 0;
    Kind kind = Kind.of(code & ~Wire.MORE);
    if (kind == Kind.CONTINUED) {
      continued(stream, payload, more);
    } else if (more) {
      begin(kind, stream, payload);
    } else {
      receiver.received(stream, kind.read(new FieldReader(payload, 0, payload.length)));
    }
  }

  private void begin(Kind kind, int stream, byte[] payload) throws WireException {
    int length = new FieldReader(payload, 0, payload.length).i32();
    if (length <= Wire.MAX_PAYLOAD || length > kind.maxBytes()) {
      throw new WireException("a " + kind + " of " + length + " bytes in several frames");
    }
    if (parts.size() == Wire.MAX_LARGE || parts.containsKey(stream)) {
      throw new WireException("one message too many begins on stream " + stream);
    }
    Part part = new Part(kind, length, payload.length);
    parts.put(stream, part);
    take(stream, part, payload, Integer.BYTES);
  }

  private void continued(int stream, byte[] payload, boolean more) throws WireException {
    Part part = parts.get(stream);
    if (part == null) {
      throw new WireException("stream " + stream + " goes on without a beginning");
    }
    take(stream, part, payload, 0);
    if (more == (part.size == part.length)) {
      throw new WireException("a message of " + part.length + " bytes ends at " + part.size);
    }
    if (!more) {
      parts.remove(stream);
      held -= part.size;
      giveOwed();
      receiver.received(stream, part.kind.read(new FieldReader(part.bytes, 0, part.length)));
    }
  }

  private void take(int stream, Part part, byte[] payload, int from) throws WireException {
    part.add(payload, from);
    held += payload.length - from;
    part.owed++;
    if (part.size < part.length && (held <= BUDGET || isOldest(stream))) {
      give(stream, part);
    }
  }

  private boolean isOldest(int stream) {
    return parts.keySet().iterator().next() == stream;
  }

  private void giveOwed() {
    for (Map.Entry<Integer, Part> entry : parts.entrySet()) {
      if (held > BUDGET && !isOldest(entry.getKey())) {
        return;
      }
      give(entry.getKey(), entry.getValue());
    }
  }

  private void give(int stream, Part part) {
    for (; part.owed > 0; part.owed--) {
      credit.accept(stream);
    }
  }
}
