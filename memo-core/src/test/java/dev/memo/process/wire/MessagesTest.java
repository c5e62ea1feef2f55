package dev.memo.process.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MessagesTest {
  private static final CallKey SHORT = CallKey.of(-7, "args".getBytes(UTF_8));
  private static final CallKey LONG = CallKey.of(7, new byte[100]);
  private static final long[] CHAIN = {1, Long.MAX_VALUE};
  private static final byte[] ENTRY = "entry".getBytes(UTF_8);
  private static final Stored STORED = Stored.of(5, ENTRY);

  static List<Message> examples() {
    return List.of(
        new Message.Beat(12),
        new Message.Hello(1, 2, 3, 4, "member"),
        new Message.Welcome(1, 2, 3, 4),
        new Message.Register(1, "p.C#m(int)"),
        new Message.Remember(7),
        new Message.Read(SHORT, -1),
        new Message.ReadAll(List.of(SHORT, LONG), 3),
        new Message.AskClaim(LONG, 2, 3, CHAIN),
        new Message.Put(SHORT, 2, 3, 4, 5, ENTRY),
        new Message.Put(LONG, 2, 3, 4, 5, new byte[100_000]),
        new Message.Release(SHORT, 2, 3),
        new Message.Abandon(),
        new Message.Invalidate(LONG),
        new Message.Replace(SHORT, 2, 3, ENTRY),
        new Message.InvalidateAll(9),
        new Message.Announce(SHORT, 2, 3, CHAIN),
        new Message.Waits(CHAIN, CHAIN),
        new Message.Counts(8, Map.of("folded", 1L), Map.of(7L, Map.of("hits.HEAP", 2L, "a_b", 3L))),
        new Message.Counts(9, Map.of(), Map.of()),
        new Message.AskStatus(),
        new Message.AskTables(),
        new Message.Tables(1L << 32 | 0xCAFEL),
        new Message.Attached(),
        new Message.Done(),
        new Message.Failed(3, "\u00e4"),
        new Message.Absent(),
        new Message.Hit(STORED),
        new Message.Found(Arrays.asList(STORED, null, STORED)),
        new Message.Found(List.of(Stored.of(6, new byte[100_000]), STORED)),
        new Message.Granted(2, 3),
        new Message.Wait(),
        new Message.ComputeAnyway(),
        new Message.Kept(5),
        new Message.Lost(STORED),
        new Message.Outdated(),
        new Message.Refused(6, ""),
        new Message.State(
            2, 3, 4, Map.of("takeovers", 5L), Map.of("p.C#m(int)\n", Map.of("bypasses", 6L))));
  }

  @Test
  void everyKindHasAnExample() {
    EnumSet<Kind> kinds = EnumSet.of(Kind.CONTINUED, Kind.CREDIT);
    examples().forEach(message -> kinds.add(message.kind()));
    assertThat(kinds).containsExactlyInAnyOrder(Kind.values());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void isReceivedAsItWasSent(Message message) throws WireException {
    List<Message> received = deliver(message);
    assertThat(received).hasSize(1);
    assertThat(received.get(0)).hasSameClassAs(message);
    assertThat(received.get(0)).usingRecursiveComparison().isEqualTo(message);
  }

  private static List<Message> deliver(Message message) throws WireException {
    Outbox outbox = new Outbox();
    List<Message> received = new ArrayList<>();
    Inbox inbox =
        new Inbox(
            (stream, complete) -> {
              assertThat(stream).isEqualTo(3);
              received.add(complete);
            },
            outbox::credit);
    outbox.add(Outgoing.of(3, message));
    ByteBuffer buffer = ByteBuffer.allocate(2 * Wire.MAX_FRAME);
    do {
      outbox.fill(buffer.clear());
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte[] payload = new byte[buffer.getInt() - Wire.HEAD_AFTER_LENGTH];
        int code = buffer.get() & 0xFF;
        int stream = buffer.getInt();
        buffer.get(payload);
        inbox.frame(code, stream, payload);
      }
    } while (buffer.limit() > 0);
    return received;
  }

  @Test
  @DisplayName("P8: counters have short plain names, and there are not many")
  void countersAreBounded() throws WireException {
    Map<String, Long> most = new TreeMap<>();
    for (int i = 0; i < Message.Counts.MAX_NAMES; i++) {
      most.put("x".repeat(60) + "." + i, 1L);
    }
    assertThat(deliver(counts(most))).hasSize(1);
    most.put("more", 1L);
    assertRefused(counts(most));
    for (String name : List.of("", "x".repeat(65), "a=b", "a\nb", "\u00e4")) {
      assertRefused(counts(Map.of(name, 1L)));
    }
    Map<Long, Map<String, Long>> functions = new TreeMap<>();
    for (long id = 0; id <= Message.Counts.MAX_FUNCTIONS; id++) {
      functions.put(id, Map.of());
    }
    assertRefused(new Message.Counts(1, Map.of(), functions));
  }

  @Test
  @DisplayName("P5: a report of as many functions as are sent at once has room, whatever the names")
  void theLargestReportArrives() throws WireException {
    Map<String, Long> most = new TreeMap<>();
    for (int i = 0; i < Message.Counts.MAX_NAMES; i++) {
      most.put("x".repeat(60) + String.format("%04d", i), Long.MAX_VALUE);
    }
    Map<Long, Map<String, Long>> functions = new TreeMap<>();
    for (long id = 0; id < Message.Counts.FUNCTIONS_AT_ONCE; id++) {
      functions.put(id, most);
    }
    assertThat(deliver(new Message.Counts(1, most, functions))).hasSize(1);
    for (long id = 0; id < Message.Counts.MAX_FUNCTIONS; id++) {
      functions.put(id, most);
    }
    assertRefused(new Message.Counts(1, most, functions));
  }

  @Test
  @DisplayName("P4: a state has as many functions as its receiver takes")
  void aStateHasRoomForWhatItTells() throws WireException {
    Map<String, Map<String, Long>> functions = new TreeMap<>();
    for (int i = 10; i < 50; i++) {
      functions.put(i + "x".repeat(1_000_000), Map.of("a.b", 1L));
    }
    Message.State told = Message.State.of(1, 2, 3, Map.of("c", 4L), functions);
    assertThat(told.functions()).hasSize(33);
    assertThat(deliver(told)).containsExactly(told);
    assertThat(Outgoing.of(1, told).length()).isBetween(Wire.MAX_STATE - 1_000_100, Wire.MAX_STATE);
    assertRefused(new Message.State(1, 2, 3, Map.of("c", 4L), functions)); // all, as a twin
  }

  @Test
  @DisplayName("P4: a state has no numbers that its receiver refuses")
  void aStateTellsOnlyNumbersThatAreTaken() throws WireException {
    Map<String, Long> rows = new TreeMap<>(Map.of("a b", 1L, "\u00e4", 1L, "z".repeat(65), 1L));
    for (int i = 0; i < 200; i++) {
      rows.put("x" + i, 1L);
    }
    Message.State told = Message.State.of(1, 2, 3, rows, Map.of("f", rows, "g", Map.of("y", 1L)));
    assertThat(told.directory()).hasSize(Message.Counts.MAX_NAMES).doesNotContainKey("a b");
    assertThat(told.functions()).containsEntry("g", Map.of("y", 1L));
    assertThat(deliver(told)).containsExactly(told);
    assertRefused(new Message.State(1, 2, 3, Map.of("a b", 1L), Map.of()));
  }

  private static Message.Counts counts(Map<String, Long> counts) {
    return new Message.Counts(1, Map.of(), Map.of(7L, counts));
  }

  private static void assertRefused(Message message) {
    assertThatThrownBy(() -> deliver(message)).isInstanceOf(WireException.class);
  }

  @Test
  void aMessageThatIsTooShortOrTooLongIsRefused() {
    for (Message message : examples()) {
      Outgoing out = Outgoing.of(1, message);
      byte[] fields = out.fields();
      if (fields.length > 0) {
        assertThatThrownBy(() -> message.kind().read(new FieldReader(fields, 0, fields.length - 1)))
            .as("%s", message)
            .isInstanceOf(WireException.class);
      }
      if (out.tail().length == 0 && !takesTheRest(message)) {
        byte[] longer = java.util.Arrays.copyOf(fields, fields.length + 1);
        assertThatThrownBy(() -> message.kind().read(new FieldReader(longer, 0, longer.length)))
            .as("%s", message)
            .isInstanceOf(WireException.class);
      }
    }
  }

  private static boolean takesTheRest(Message message) {
    return message instanceof Message.Put || message instanceof Message.Replace;
  }

  @Test
  @DisplayName("P8: any bytes are messages or refused, and take no more memory than was sent")
  void anyBytesAreMessagesOrRefused() {
    Random random = new Random(20261121);
    List<Message> examples = examples();
    int refused = 0;
    int rounds = "soak".equals(System.getProperty("memo.test.size")) ? 3_000_000 : 100_000;
    for (int round = 0; round < rounds; round++) {
      Message message = examples.get(random.nextInt(examples.size()));
      byte[] payload = Outgoing.of(1, message).fields().clone();
      for (int change = random.nextInt(4); change >= 0 && payload.length > 0; change--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt();
      }
      int code = random.nextInt(8) > 0 ? message.kind().code() : random.nextInt(256);
      List<Message> received = new ArrayList<>();
      try {
        new Inbox((stream, complete) -> received.add(complete), stream -> {})
            .frame(code, 1, payload);
        assertThat(received.size()).isLessThanOrEqualTo(1);
      } catch (WireException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(rounds / 20, rounds);
  }
}
