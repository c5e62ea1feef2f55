package dev.memo.process.wire;

import dev.memo.claims.CallKey;
import dev.memo.claims.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be said. Fields are sent in the order of the components: {@code int} and {@code long} in
 * 4 and 8 bytes, text and arrays behind their length (u32), a call key as function id, kind (u8)
 * and id, named numbers as a count (u32), then each name (text of at most 64 letters, digits, dots
 * and underscores) and its number (i64); an entry or a stored entry takes all that is left of the
 * message.
 */
public sealed interface Message {

  Kind kind();

  default void write(FieldWriter out) {}

  /** What follows the other fields: the bytes of an entry. Not copied. */
  default byte[] tail() {
    return NO_TAIL;
  }

  byte[] NO_TAIL = {};

  /** From a secondary. */
  sealed interface Request extends Message {}

  /** From the primary. */
  sealed interface Answer extends Message {}

  /**
   * A sign of life.
   *
   * @param oldestStart the smallest start of what the sender computes or has spooled; {@code
   *     Long.MAX_VALUE} if there is nothing
   */
  record Beat(long oldestStart) implements Message {
    @Override
    public Kind kind() {
      return Kind.BEAT;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(oldestStart);
    }

    static Beat read(FieldReader in) throws WireException {
      return new Beat(in.i64());
    }
  }

  /**
   * The first message of a secondary.
   *
   * @param oldest the oldest version of the protocol that it speaks
   * @param newest the newest
   * @param ownerEpoch which primary it means to speak to
   * @param member its name, that of its folder under {@code secondaries}
   */
  record Hello(int oldest, int newest, long ownerEpoch, long pid, String member)
      implements Request {
    private static final int MAX_NAME = 255; // that of a file

    @Override
    public Kind kind() {
      return Kind.HELLO;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(Wire.MAGIC);
      out.i32(oldest);
      out.i32(newest);
      out.i64(ownerEpoch);
      out.i64(pid);
      out.text(member);
    }

    static Hello read(FieldReader in) throws WireException {
      if (in.i64() != Wire.MAGIC) {
        throw new WireException("not a process of memo");
      }
      Hello hello = new Hello(in.i32(), in.i32(), in.i64(), in.i64(), in.text());
      if (hello.member.length() > MAX_NAME) {
        throw new WireException("a name of " + hello.member.length() + " characters");
      }
      return hello;
    }
  }

  /**
   * The answer to {@link Hello}.
   *
   * @param version the version of the protocol that both will speak
   * @param directoryMost half of the random id of the directory
   * @param directoryLeast the other half
   */
  record Welcome(int version, long directoryMost, long directoryLeast, long ownerEpoch)
      implements Answer {
    @Override
    public Kind kind() {
      return Kind.WELCOME;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(version);
      out.i64(directoryMost);
      out.i64(directoryLeast);
      out.i64(ownerEpoch);
    }

    static Welcome read(FieldReader in) throws WireException {
      return new Welcome(in.i32(), in.i64(), in.i64(), in.i64());
    }
  }

  /** Makes a function known; {@link Done} or {@link Failed}. */
  record Register(long functionId, String identity) implements Request {
    @Override
    public Kind kind() {
      return Kind.REGISTER;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(functionId);
      out.text(identity);
    }

    static Register read(FieldReader in) throws WireException {
      return new Register(in.i64(), in.text());
    }
  }

  /** Says that what outdates results of a function is not to be forgotten; {@link Done}. */
  record Remember(long functionId) implements Request {
    @Override
    public Kind kind() {
      return Kind.REMEMBER;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(functionId);
    }

    static Remember read(FieldReader in) throws WireException {
      return new Remember(in.i64());
    }
  }

  /** Looks without asking for a claim; {@link Hit} or {@link Absent}. */
  record Read(CallKey key, int variant) implements Request {
    @Override
    public Kind kind() {
      return Kind.READ;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
    }

    static Read read(FieldReader in) throws WireException {
      return new Read(in.key(), in.i32());
    }
  }

  /**
   * Looks for many without asking for claims; {@link Found}.
   *
   * @param keys at least one, and at most {@link #MAX_KEYS}
   */
  record ReadAll(List<CallKey> keys, int variant) implements Request {
    /** How many calls a message may ask for. */
    public static final int MAX_KEYS = 256;

    private static final int LEAST_KEY_BYTES = Long.BYTES + 1 + Integer.BYTES;

    public ReadAll {
      keys = List.copyOf(keys);
    }

    @Override
    public Kind kind() {
      return Kind.READ_ALL;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(keys.size());
      keys.forEach(out::key);
      out.i32(variant);
    }

    static ReadAll read(FieldReader in) throws WireException {
      int count = in.count(LEAST_KEY_BYTES);
      if (count == 0 || count > MAX_KEYS) {
        throw new WireException(count + " calls are asked for; there may be 1 to " + MAX_KEYS);
      }
      List<CallKey> keys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        keys.add(in.key());
      }
      return new ReadAll(keys, in.i32());
    }
  }

  /**
   * Asks for the right to compute; {@link Hit}, {@link Granted}, {@link Wait} or {@link
   * ComputeAnyway}.
   *
   * @param rejected the sequence of the entry that the secondary cannot use; 0 if there is none
   * @param chain the chain that asks and its ancestors, by their numbers in the secondary
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record AskClaim(CallKey key, int variant, long rejected, long[] chain) implements Request {
    @Override
    public Kind kind() {
      return Kind.CLAIM;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
      out.i64(rejected);
      out.longs(chain);
    }

    static AskClaim read(FieldReader in) throws WireException {
      return new AskClaim(in.key(), in.i32(), in.i64(), in.chain());
    }
  }

  /**
   * Stores a result and ends its claim; {@link Kept}, {@link Lost}, {@link Outdated} or {@link
   * Refused}.
   *
   * @param claim 0 if it was computed without one
   * @param start the last sequence when the computation began
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Put(CallKey key, int variant, long claim, long start, long rejected, byte[] entry)
      implements Request {
    @Override
    public Kind kind() {
      return Kind.PUT;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
      out.i64(claim);
      out.i64(start);
      out.i64(rejected);
    }

    @Override
    public byte[] tail() {
      return entry;
    }

    static Put read(FieldReader in) throws WireException {
      return new Put(in.key(), in.i32(), in.i64(), in.i64(), in.i64(), in.rest());
    }
  }

  /** Ends a claim without a result; {@link Done}. */
  record Release(CallKey key, int variant, long claim) implements Request {
    @Override
    public Kind kind() {
      return Kind.RELEASE;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
      out.i64(claim);
    }

    static Release read(FieldReader in) throws WireException {
      return new Release(in.key(), in.i32(), in.i64());
    }
  }

  /**
   * Sent on the stream of an {@link AskClaim} or {@link Waits} that was answered by {@link Wait}:
   * the secondary no longer waits. It is answered by {@link Done}, which ends the stream; an answer
   * that crossed it comes before, and a claim that was granted by it is released.
   */
  record Abandon() implements Request {
    @Override
    public Kind kind() {
      return Kind.ABANDON;
    }
  }

  /** Removes all variants of a call; {@link Done} or {@link Failed}. */
  record Invalidate(CallKey key) implements Request {
    @Override
    public Kind kind() {
      return Kind.INVALIDATE;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
    }

    static Invalidate read(FieldReader in) throws WireException {
      return new Invalidate(in.key());
    }
  }

  /**
   * Stores in place of all variants of the call what is not older than what happened to it; {@link
   * Kept}, {@link Outdated} or {@link Refused}.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Replace(CallKey key, int variant, long start, byte[] entry) implements Request {
    @Override
    public Kind kind() {
      return Kind.REPLACE;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
      out.i64(start);
    }

    @Override
    public byte[] tail() {
      return entry;
    }

    static Replace read(FieldReader in) throws WireException {
      return new Replace(in.key(), in.i32(), in.i64(), in.rest());
    }
  }

  /** Removes all entries of a function; {@link Done} or {@link Failed}. */
  record InvalidateAll(long functionId) implements Request {
    @Override
    public Kind kind() {
      return Kind.INVALIDATE_ALL;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(functionId);
    }

    static InvalidateAll read(FieldReader in) throws WireException {
      return new InvalidateAll(in.i64());
    }
  }

  /** Tells a new primary of a computation that began under the last one; {@link Granted}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Announce(CallKey key, int variant, long start, long[] chain) implements Request {
    @Override
    public Kind kind() {
      return Kind.ANNOUNCE;
    }

    @Override
    public void write(FieldWriter out) {
      out.key(key);
      out.i32(variant);
      out.i64(start);
      out.longs(chain);
    }

    static Announce read(FieldReader in) throws WireException {
      return new Announce(in.key(), in.i32(), in.i64(), in.chain());
    }
  }

  /**
   * A chain that holds a claim is about to wait for another one inside its process; {@link Wait},
   * or {@link ComputeAnyway} if that would close a cycle. Ended by {@link Abandon}.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Waits(long[] waiter, long[] holder) implements Request {
    @Override
    public Kind kind() {
      return Kind.WAITS;
    }

    @Override
    public void write(FieldWriter out) {
      out.longs(waiter);
      out.longs(holder);
    }

    static Waits read(FieldReader in) throws WireException {
      return new Waits(in.chain(), in.chain());
    }
  }

  /**
   * What the secondary counted since the last time; {@link Done}, or {@link Refused} if it is to be
   * sent again.
   *
   * @param number the last one plus one; a report whose number was there before counts nothing
   * @param directory of the directory, by name
   * @param functions of each function, by its id and then by name; those that are not registered
   *     are ignored
   */
  record Counts(long number, Map<String, Long> directory, Map<Long, Map<String, Long>> functions)
      implements Request {
    /** How many functions a report may be about. */
    static final int MAX_FUNCTIONS = 1000;

    /** How many always have room, whatever the names; what was counted of more takes several. */
    public static final int FUNCTIONS_AT_ONCE = 100;

    /** How many numbers may be told of anything. */
    static final int MAX_NAMES = 128;

    @Override
    public Kind kind() {
      return Kind.COUNTS;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(number);
      out.counts(directory);
      out.i32(functions.size());
      functions.forEach(
          (id, counts) -> {
            out.i64(id);
            out.counts(counts);
          });
    }

    static Counts read(FieldReader in) throws WireException {
      long number = in.i64();
      Map<String, Long> directory = in.counts();
      int count = in.count(Long.BYTES + Integer.BYTES);
      if (count > MAX_FUNCTIONS) {
        throw new WireException(count + " functions in a report of at most " + MAX_FUNCTIONS);
      }
      Map<Long, Map<String, Long>> functions = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        functions.put(in.i64(), in.counts());
      }
      return new Counts(number, directory, functions);
    }
  }

  /** Asks how the directory is; {@link State}. */
  record AskStatus() implements Request {
    @Override
    public Kind kind() {
      return Kind.STATUS;
    }
  }

  /** Asks which tables the database is made of; {@link Tables} or {@link Refused}. */
  record AskTables() implements Request {
    @Override
    public Kind kind() {
      return Kind.ASK_TABLES;
    }
  }

  /** The secondary has said which functions it has and what it computes; {@link Done}. */
  record Attached() implements Request {
    @Override
    public Kind kind() {
      return Kind.ATTACHED;
    }
  }

  /** It is done. */
  record Done() implements Answer {
    @Override
    public Kind kind() {
      return Kind.DONE;
    }
  }

  /**
   * A number that is the same as long as the database is made of the same tables.
   *
   * @param digest bits 0 to 31: CRC-32C of the tables' file names in ASCII, sorted, each beginning
   *     with a slash; bit 32: 1
   */
  record Tables(long digest) implements Answer {
    @Override
    public Kind kind() {
      return Kind.TABLES;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(digest);
    }

    static Tables read(FieldReader in) throws WireException {
      return new Tables(in.i64());
    }
  }

  /** It was not done; the codes of reasons are {@link Failure}'s. */
  record Failed(int reason, String message) implements Answer {
    @Override
    public Kind kind() {
      return Kind.FAILED;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(reason);
      out.text(message);
    }

    static Failed read(FieldReader in) throws WireException {
      return new Failed(in.i32(), in.text());
    }
  }

  /** There is no entry. */
  record Absent() implements Answer {
    @Override
    public Kind kind() {
      return Kind.ABSENT;
    }
  }

  /** There is an entry. */
  record Hit(Stored stored) implements Answer {
    @Override
    public Kind kind() {
      return Kind.HIT;
    }

    @Override
    public byte[] tail() {
      return stored.bytes();
    }

    static Hit read(FieldReader in) throws WireException {
      return new Hit(in.stored());
    }
  }

  /**
   * What there is of the first calls that were asked for, in their order; nothing is said of the
   * others, because that would be too much at once.
   *
   * @param stored at least one; null where there is no entry, which is sent as an empty array
   */
  record Found(List<@Nullable Stored> stored) implements Answer {
    private static final int MAX_LENGTHS = Integer.BYTES * (1 + ReadAll.MAX_KEYS);

    /** Of as many as a message can hold. */
    public static Found of(List<@Nullable Stored> stored) {
      long left = Wire.MAX_MESSAGE - MAX_LENGTHS;
      int count = 0;
      while (count < stored.size()) {
        Stored next = stored.get(count);
        left -= next == null ? 0 : next.bytes().length;
        if (left < 0 && count > 0) {
          break;
        }
        count++;
      }
      return new Found(stored.subList(0, count));
    }

    @Override
    public Kind kind() {
      return Kind.FOUND;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(stored.size());
      stored.forEach(each -> out.bytes(each == null ? NO_TAIL : each.bytes()));
    }

    static Found read(FieldReader in) throws WireException {
      int count = in.count(Integer.BYTES);
      if (count == 0 || count > ReadAll.MAX_KEYS) {
        throw new WireException(count + " answers; there may be 1 to " + ReadAll.MAX_KEYS);
      }
      List<@Nullable Stored> stored = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        byte[] bytes = in.bytes();
        stored.add(bytes.length == 0 ? null : FieldReader.stored(bytes));
      }
      return new Found(stored);
    }
  }

  /** The secondary computes. */
  record Granted(long claim, long start) implements Answer {
    @Override
    public Kind kind() {
      return Kind.GRANTED;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(claim);
      out.i64(start);
    }

    static Granted read(FieldReader in) throws WireException {
      return new Granted(in.i64(), in.i64());
    }
  }

  /** Somebody else computes; another answer follows. */
  record Wait() implements Answer {
    @Override
    public Kind kind() {
      return Kind.WAIT;
    }
  }

  /** To wait would close a cycle. */
  record ComputeAnyway() implements Answer {
    @Override
    public Kind kind() {
      return Kind.COMPUTE_ANYWAY;
    }
  }

  /** The result is stored under this sequence. */
  record Kept(long sequence) implements Answer {
    @Override
    public Kind kind() {
      return Kind.KEPT;
    }

    @Override
    public void write(FieldWriter out) {
      out.i64(sequence);
    }

    static Kept read(FieldReader in) throws WireException {
      return new Kept(in.i64());
    }
  }

  /** This result was stored first. */
  record Lost(Stored winner) implements Answer {
    @Override
    public Kind kind() {
      return Kind.LOST;
    }

    @Override
    public byte[] tail() {
      return winner.bytes();
    }

    static Lost read(FieldReader in) throws WireException {
      return new Lost(in.stored());
    }
  }

  /** The call was changed after the computation began. */
  record Outdated() implements Answer {
    @Override
    public Kind kind() {
      return Kind.OUTDATED;
    }
  }

  /** The database refused; the codes of reasons are {@link Failure}'s. */
  record Refused(int reason, String message) implements Answer {
    @Override
    public Kind kind() {
      return Kind.REFUSED;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(reason);
      out.text(message);
    }

    static Refused read(FieldReader in) throws WireException {
      return new Refused(in.i32(), in.text());
    }
  }

  /**
   * How the directory is.
   *
   * @param processes those that have it open, the primary included
   * @param claims that were granted and have not ended
   * @param waits for one of them
   * @param directory what was counted of the directory since it began, by name
   * @param functions what was counted of each function since then, by its identity and then by name
   */
  record State(
      int processes,
      long claims,
      long waits,
      Map<String, Long> directory,
      Map<String, Map<String, Long>> functions)
      implements Answer {
    private static final int FIXED = 2 * Integer.BYTES + 2 * Long.BYTES;

    /** Of as many functions as a message can hold, and of those numbers that it can tell. */
    public static State of(
        int processes,
        long claims,
        long waits,
        Map<String, Long> directory,
        Map<String, Map<String, Long>> functions) {
      Map<String, Long> all = told(directory);
      long left = Wire.MAX_STATE - FIXED - bytes(all);
      Map<String, Map<String, Long>> some = new TreeMap<>();
      for (Map.Entry<String, Map<String, Long>> function : functions.entrySet()) {
        Map<String, Long> counts = told(function.getValue());
        byte[] identity = function.getKey().getBytes(StandardCharsets.UTF_8);
        left -= Integer.BYTES + identity.length + bytes(counts);
        if (left < 0) {
          break;
        }
        some.put(function.getKey(), counts);
      }
      return new State(processes, claims, waits, all, some);
    }

    /** A database may have other names in its rows, and more of them. */
    private static Map<String, Long> told(Map<String, Long> counts) {
      Map<String, Long> told = new TreeMap<>();
      counts.forEach(
          (name, count) -> {
            if (told.size() < Counts.MAX_NAMES && FieldReader.isCounter(name)) {
              told.put(name, count);
            }
          });
      return told;
    }

    /** How many bytes these take, whose names are ASCII. */
    private static long bytes(Map<String, Long> told) {
      long names = told.keySet().stream().mapToLong(String::length).sum();
      return Integer.BYTES + names + (long) told.size() * (Integer.BYTES + Long.BYTES);
    }

    @Override
    public Kind kind() {
      return Kind.STATE;
    }

    @Override
    public void write(FieldWriter out) {
      out.i32(processes);
      out.i64(claims);
      out.i64(waits);
      out.counts(directory);
      out.i32(functions.size());
      functions.forEach(
          (identity, counts) -> {
            out.text(identity);
            out.counts(counts);
          });
    }

    static State read(FieldReader in) throws WireException {
      int processes = in.i32();
      long claims = in.i64();
      long waits = in.i64();
      Map<String, Long> directory = in.counts();
      int count = in.count(2 * Integer.BYTES);
      Map<String, Map<String, Long>> functions = new TreeMap<>();
      for (int i = 0; i < count; i++) {
        functions.put(in.text(), in.counts());
      }
      return new State(processes, claims, waits, directory, functions);
    }
  }
}
