package dev.memo.process.wire;

/**
 * The protocol between the primary of a directory and the other processes, its secondaries. This
 * page is its specification; numbers are big-endian.
 *
 * <p>A secondary opens a stream socket to the path that the file {@code owner} names. Both sides
 * send <em>frames</em>:
 *
 * <pre>
 *   u32  length of what follows, 5 to 65,541
 *   u8   kind; its highest bit says that more frames of this message follow
 *   u32  stream
 *        payload, at most 65,536 bytes
 * </pre>
 *
 * <p>A <em>message</em> is one frame, or several on one stream: a first frame with the kind of the
 * message, whose payload begins with the length of the whole message (u32), then frames of kind
 * {@link Kind#CONTINUED}, of which the last has no bit set. Frames of different streams may
 * alternate, so that a large message holds up nothing. Of a message of several frames, {@value
 * #FREE_FRAMES} may be sent at once; each further one needs a credit, which the receiver gives by
 * {@link Kind#CREDIT} on the same stream when it has taken one in. At most {@value #MAX_LARGE} such
 * messages are under way in one direction. {@link Message.Put}, {@link Message.Replace}, {@link
 * Message.Hit}, {@link Message.Lost} and {@link Message.Found} have at most {@value #MAX_MESSAGE}
 * bytes, {@link Message.State} {@value #MAX_STATE}, all others {@value #MAX_OTHER_MESSAGE}.
 *
 * <p>The secondary begins: {@link Message.Hello} on stream 0, which the primary answers with {@link
 * Message.Welcome}, or with {@link Message.Failed} and the end of the connection. From then on the
 * secondary sends each request on a stream of its own choice (not 0) that has no answer
 * outstanding; the answer comes on the same stream. {@link Message.Wait} is an answer that another
 * one follows on the same stream, unless the secondary sends {@link Message.Abandon} there. Answers
 * may come in any order. Every second each side sends {@link Message.Beat} on stream 0; any byte
 * counts as a sign of life.
 *
 * <p>A primary puts off reads and claims of a secondary that does not read its answers, and parts
 * from it in the end.
 *
 * <p>Who receives what is not in this specification ends the connection. A new kind, or a new
 * field, is a new version.
 */
public final class Wire {
  /** Begins {@link Message.Hello}: "memo" and a byte that is no text. */
  static final long MAGIC = 0x6d656d6f_89_000001L;

  /** The version that this code speaks. */
  public static final int VERSION = 5;

  static final int MAX_PAYLOAD = 65_536;
  static final int HEAD_AFTER_LENGTH = 1 + Integer.BYTES;
  static final int HEAD = Integer.BYTES + HEAD_AFTER_LENGTH;
  static final int MAX_FRAME = HEAD + MAX_PAYLOAD;
  static final int MORE = 0x80;

  /** How many frames of a message may be sent without a credit. */
  static final int FREE_FRAMES = 4;

  /** How many messages of several frames may be under way in one direction. */
  static final int MAX_LARGE = 64;

  /** A value, its arguments and what goes with them. */
  static final int MAX_MESSAGE = 192 << 20;

  /**
   * Functions are never forgotten, so they become many: a hundred thousand have room. Not as much
   * as a value, because their counters take several times as much memory as bytes.
   */
  static final int MAX_STATE = 32 << 20;

  /** What carries no value. */
  static final int MAX_OTHER_MESSAGE = 1 << 20;

  private Wire() {}
}
