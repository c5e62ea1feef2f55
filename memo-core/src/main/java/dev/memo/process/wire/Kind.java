package dev.memo.process.wire;

import org.jspecify.annotations.Nullable;

/** What a frame begins. The codes are part of the protocol. */
enum Kind {
  CONTINUED(1, null),
  CREDIT(2, null),
  BEAT(3, Message.Beat::read),

  HELLO(16, Message.Hello::read),
  REGISTER(17, Message.Register::read),
  READ(18, Message.Read::read),
  CLAIM(19, Message.AskClaim::read),
  PUT(20, Message.Put::read),
  RELEASE(21, Message.Release::read),
  ABANDON(22, in -> new Message.Abandon()),
  INVALIDATE(23, Message.Invalidate::read),
  REPLACE(24, Message.Replace::read),
  INVALIDATE_ALL(25, Message.InvalidateAll::read),
  ANNOUNCE(26, Message.Announce::read),
  WAITS(27, Message.Waits::read),
  COUNTS(28, Message.Counts::read),
  STATUS(29, in -> new Message.AskStatus()),
  ATTACHED(30, in -> new Message.Attached()),
  ASK_TABLES(31, in -> new Message.AskTables()),
  REMEMBER(32, Message.Remember::read),
  READ_ALL(33, Message.ReadAll::read),

  WELCOME(64, Message.Welcome::read),
  FAILED(65, Message.Failed::read),
  DONE(66, in -> new Message.Done()),
  ABSENT(67, in -> new Message.Absent()),
  HIT(68, Message.Hit::read),
  GRANTED(69, Message.Granted::read),
  WAIT(70, in -> new Message.Wait()),
  COMPUTE_ANYWAY(71, in -> new Message.ComputeAnyway()),
  KEPT(72, Message.Kept::read),
  LOST(73, Message.Lost::read),
  OUTDATED(74, in -> new Message.Outdated()),
  REFUSED(75, Message.Refused::read),
  STATE(76, Message.State::read),
  TABLES(77, Message.Tables::read),
  FOUND(78, Message.Found::read);

  private static final @Nullable Kind[] BY_CODE = new @Nullable Kind[128];

  static {
    for (Kind kind : values()) {
      BY_CODE[kind.code] = kind;
    }
  }

  /** Reads the fields of a message. */
  @FunctionalInterface
  interface Reading {
    Message read(FieldReader in) throws WireException;
  }

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // method references
  private final @Nullable Reading reading;

  Kind(int code, @Nullable Reading reading) {
    this.code = code;
    this.reading = reading;
  }

  int code() {
    return code;
  }

  /** How many bytes a message may have: what can hold an entry, or is about all, may have many. */
  int maxBytes() {
    return switch (this) {
      case PUT, REPLACE, HIT, LOST, FOUND -> Wire.MAX_MESSAGE;
      case STATE -> Wire.MAX_STATE;
      default -> Wire.MAX_OTHER_MESSAGE;
    };
  }

  /** The kind with this code, of seven bits. */
  static Kind of(int code) throws WireException {
    Kind kind = BY_CODE[code];
    if (kind == null) {
      throw new WireException("a message of the unknown kind " + code);
    }
    return kind;
  }

  Message read(FieldReader in) throws WireException {
    if (reading == null) {
      throw new WireException(this + " outside of a message");
    }
    Message message = reading.read(in);
    in.requireEnd();
    return message;
  }
}
