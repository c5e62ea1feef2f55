package dev.memo.process.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * Messages on their way out. Any thread adds; one at a time takes frames. What fits one frame goes
 * first; large messages share what is left, a frame each in turn, as far as they have credit.
 */
final class Outbox {
  private static final int QUEUE_CHUNK = 256;

  /** A credit that was received. */
  private record Credit(int stream) {}

  /** A message of several frames. Only of whoever takes. */
  private static final class Sending {
    final Outgoing message;
    int sent;
    int credit = Wire.FREE_FRAMES;

    Sending(Outgoing message) {
      this.message = message;
    }
  }

  /** Of the kind that needs no {@code sun.misc.Unsafe}, of which newer JDKs warn. */
  private final MpscUnboundedAtomicArrayQueue<Object> queue =
      new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);

  private final AtomicLong unsentBytes = new AtomicLong();

  // only of whoever takes
  private final Map<Integer, Sending> large = new HashMap<>();
  private final Deque<Sending> ready = new ArrayDeque<>();
  private final Deque<Outgoing> later = new ArrayDeque<>();

  void add(Outgoing message) {
    unsentBytes.addAndGet(message.length());
    queue.add(message);
  }

  /** How many messages were added that were not looked at yet. */
  int unsent() {
    return queue.size();
  }

  /** How many bytes of messages were added and not taken yet. */
  long unsentBytes() {
    return unsentBytes.get();
  }

  /** One more frame of the message on this stream may be sent. */
  void credit(int stream) {
    queue.add(new Credit(stream));
  }

  /**
   * Puts frames into the buffer until it is full, or there is nothing that may be sent.
   *
   * @param buffer has room for at least one frame
   */
  void fill(ByteBuffer buffer) {
    while (buffer.remaining() >= Wire.MAX_FRAME) {
      Object next = queue.poll();
      if (next instanceof Credit credit) {
        take(credit);
      } else if (next instanceof Outgoing message) {
        take(message, buffer);
      } else if (!ready.isEmpty()) {
        sendOne(ready.remove(), buffer);
      } else {
        return;
      }
    }
  }

  private void take(Credit credit) {
    Sending sending = large.get(credit.stream);
    if (sending != null && sending.credit++ == 0) {
      ready.add(sending);
    }
  }

  private void take(Outgoing message, ByteBuffer buffer) {
    if (message.fitsOneFrame()) {
      head(buffer, message.kind().code(), message.stream(), message.length());
      message.copy(0, message.length(), buffer);
      unsentBytes.addAndGet(-message.length());
    } else if (large.size() < Wire.MAX_LARGE) {
      begin(message);
    } else {
      later.add(message);
    }
  }

  private void begin(Outgoing message) {
    Sending sending = new Sending(message);
    large.put(message.stream(), sending);
    ready.add(sending);
  }

  private void sendOne(Sending sending, ByteBuffer buffer) {
    Outgoing message = sending.message;
    boolean first = sending.sent == 0;
    int length = message.length();
    int count = Math.min(length - sending.sent, Wire.MAX_PAYLOAD - (first ? Integer.BYTES : 0));
    boolean last = sending.sent + count == length;
    int kind = first ? message.kind().code() : Kind.CONTINUED.code();
    head(buffer, last ? kind : kind | Wire.MORE, message.stream(), first ? count + 4 : count);
    if (first) {
      buffer.putInt(length);
    }
    message.copy(sending.sent, count, buffer);
    sending.sent += count;
    if (last) {
      large.remove(message.stream());
      unsentBytes.addAndGet(-length);
      if (!later.isEmpty()) {
        begin(later.remove());
      }
    } else if (--sending.credit > 0) {
      ready.add(sending);
    }
  }

  private static void head(ByteBuffer buffer, int kind, int stream, int payload) {
    buffer.putInt(Wire.HEAD_AFTER_LENGTH + payload).put((byte) kind).putInt(stream);
  }

  /** Tells the peer that it may send one more frame on this stream. */
  void giveCredit(int stream) {
    add(new Outgoing(stream, Kind.CREDIT, Message.NO_TAIL, Message.NO_TAIL));
  }
}
