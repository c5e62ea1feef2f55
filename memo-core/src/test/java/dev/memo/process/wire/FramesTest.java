package dev.memo.process.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of several frames. */
final class FramesTest {
  private static final CallKey KEY = CallKey.of(1, new byte[] {1});

  private final Outbox outbox = new Outbox();
  private final ByteBuffer buffer = ByteBuffer.allocate(16 * Wire.MAX_FRAME);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Frame(int code, int stream, byte[] payload) {}

  private List<Frame> frames() {
    List<Frame> frames = new ArrayList<>();
    outbox.fill(buffer.clear());
    buffer.flip();
    while (buffer.hasRemaining()) {
      byte[] payload = new byte[buffer.getInt() - Wire.HEAD_AFTER_LENGTH];
      int code = buffer.get() & 0xFF;
      int stream = buffer.getInt();
      buffer.get(payload);
      frames.add(new Frame(code, stream, payload));
    }
    return frames;
  }

  private static Outgoing large(int stream, int bytes) {
    return Outgoing.of(stream, new Message.Put(KEY, 1, 2, 3, 4, new byte[bytes]));
  }

  @Test
  void smallMessagesOvertakeLargeOnes() {
    outbox.add(large(1, 1 << 20));
    outbox.add(Outgoing.of(2, new Message.Done()));
    assertThat(frames()).first().extracting(Frame::stream).isEqualTo(2);
  }

  @Test
  void largeMessagesTakeTurns() {
    outbox.add(large(1, 1 << 20));
    outbox.add(large(2, 1 << 20));
    assertThat(frames()).extracting(Frame::stream).startsWith(1, 2, 1, 2);
  }

  @Test
  void noFrameIsSentWithoutCredit() {
    outbox.add(large(1, 1 << 20));
    assertThat(frames()).hasSize(Wire.FREE_FRAMES);
    assertThat(frames()).isEmpty();
    outbox.credit(1);
    assertThat(frames()).hasSize(1);
    assertThat(frames()).isEmpty();
  }

  @Test
  void noMoreLargeMessagesBeginThanTheReceiverTakes() {
    for (int stream = 1; stream <= Wire.MAX_LARGE + 1; stream++) {
      outbox.add(large(stream, 70_000)); // two frames
    }
    List<Frame> sent = new ArrayList<>();
    for (List<Frame> more = frames(); !more.isEmpty(); more = frames()) {
      sent.addAll(more);
    }
    int firstEnd = 0;
    while (sent.get(firstEnd).code != Kind.CONTINUED.code()) {
      firstEnd++;
    }
    assertThat(firstEnd).isEqualTo(Wire.MAX_LARGE);
    assertThat(sent).hasSize(2 * (Wire.MAX_LARGE + 1));
  }

  @Test
  void creditsAreWithheldFromAllButTheOldestStream() throws WireException {
    List<Integer> credits = new ArrayList<>();
    Inbox inbox = new Inbox((stream, message) -> {}, credits::add);
    byte[] begin = ByteBuffer.allocate(Wire.MAX_PAYLOAD).putInt(Wire.MAX_MESSAGE).array();
    byte[] more = new byte[Wire.MAX_PAYLOAD];
    inbox.frame(Kind.PUT.code() | Wire.MORE, 1, begin);
    inbox.frame(Kind.PUT.code() | Wire.MORE, 2, begin);
    int frames = Inbox.BUDGET / Wire.MAX_PAYLOAD;
    for (int i = 0; i < frames; i++) {
      inbox.frame(Kind.CONTINUED.code() | Wire.MORE, 2, more);
    }
    int given = (int) credits.stream().filter(stream -> stream == 2).count();
    assertThat(given).isLessThan(frames);
    credits.clear();
    inbox.frame(Kind.CONTINUED.code() | Wire.MORE, 2, more);
    assertThat(credits).isEmpty();
    inbox.frame(Kind.CONTINUED.code() | Wire.MORE, 1, more);
    assertThat(credits).containsExactly(1);
  }

  @Test
  void framesThatDoNotFitAreRefused() throws WireException {
    assertRefused("unknown kind", Kind.CONTINUED.code() + 10, new byte[0]);
    assertRefused("without a beginning", Kind.CONTINUED.code(), new byte[1]);
    assertRefused("outside", Kind.CREDIT.code(), new byte[0]);
    assertRefused("bytes in several", Kind.PUT.code() | Wire.MORE, ints(10));
    assertRefused("bytes in several", Kind.PUT.code() | Wire.MORE, ints(Wire.MAX_MESSAGE + 1));
    assertRefused("bytes in several", Kind.PUT.code() | Wire.MORE, ints(-1));
    assertRefused("0 more bytes", Kind.PUT.code() | Wire.MORE, ints(100_000));
  }

  @Test
  void aMessageEndsWhereItSaid() throws WireException {
    Inbox inbox = new Inbox((stream, message) -> {}, stream -> {});
    inbox.frame(Kind.PUT.code() | Wire.MORE, 1, ints(70_000, 1));
    assertThatThrownBy(() -> inbox.frame(Kind.CONTINUED.code(), 1, new byte[10]))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("ends at 14");
    assertThatThrownBy(() -> inbox.frame(Kind.PUT.code() | Wire.MORE, 1, ints(70_000, 1)))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("one message too many");
  }

  private static void assertRefused(String why, int code, byte[] payload) {
    Inbox inbox = new Inbox((stream, message) -> {}, stream -> {});
    assertThatThrownBy(() -> inbox.frame(code, 1, payload))
        .isInstanceOf(WireException.class)
        .hasMessageContaining(why);
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }
}
