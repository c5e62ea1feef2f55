package dev.memo.history;

import dev.memo.history.Operation.Answer;
import dev.memo.history.Operation.Kind;
import dev.memo.history.Operation.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes down what one thread does, in a mapped file: a line costs no system call, which would
 * order the threads, and what was written is there when the process is killed.
 *
 * <p>One record of longs for each operation, in their order. Each field is written when it becomes
 * known; 0 says that it never did. To be used by its thread only.
 */
@SuppressWarnings("EnumOrdinal") // files are read by the program that wrote them
final class Recorder {
  private static final int LONGS = 8;
  private static final int RECORD_BYTES = LONGS * Long.BYTES;
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int BEGIN = 0;
  private static final int WHAT = 1;
  private static final int BODY_BEGIN = 2;
  private static final int BODY_END = 3;
  private static final int ANSWER = 4;
  private static final int ANSWERED = 5;
  private static final int VALUE = 6;
  private static final int END = 7;

  private static final int SOURCE_SHIFT = 8;
  private static final int THREW_BIT = 16;
  private static final int KIND_SHIFT = 32;

  private final ByteBuffer bytes;
  private final int process;
  private final int thread;
  private final int capacity;
  private int number;

  private Recorder(ByteBuffer bytes, int process, int thread) {
    this.bytes = bytes;
    this.process = process;
    this.thread = thread;
    this.capacity = bytes.capacity() / RECORD_BYTES - 1;
  }

  static Recorder create(Path folder, int process, int thread, int operations) throws IOException {
    Path file = folder.resolve("history-" + process + "-" + thread);
    long size = (operations + 1L) * RECORD_BYTES;
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer bytes = access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, size);
      return new Recorder(bytes, process, thread);
    }
  }

  boolean isFull() {
    return number == capacity;
  }

  /** Begins the next operation and returns its id. */
  long begin(Kind kind, int key) {
    number++;
    set(WHAT, (long) kind.ordinal() << KIND_SHIFT | key);
    set(BEGIN, System.nanoTime());
    set(bytes, 0, 0, number);
    return id();
  }

  long id() {
    return Operation.id(process, thread, number);
  }

  void bodyBegins() {
    set(BODY_BEGIN, System.nanoTime());
  }

  void bodyEnds() {
    set(BODY_END, System.nanoTime());
  }

  void answered(Answer answer) {
    add(answer.ordinal());
    set(ANSWERED, System.nanoTime());
  }

  /** Where a value comes from, unless the operation looks on. */
  void foundIn(Source source) {
    long others = get(bytes, number, ANSWER) & ~(0xFFL << SOURCE_SHIFT);
    set(ANSWER, others | (source.ordinal() + 1L) << SOURCE_SHIFT);
  }

  void returned(long value) {
    long end = System.nanoTime();
    set(VALUE, value);
    set(END, end);
  }

  void threw() {
    long end = System.nanoTime();
    add(1L << THREW_BIT);
    set(END, end);
  }

  private void add(long bits) {
    set(ANSWER, get(bytes, number, ANSWER) | bits);
  }

  private void set(int field, long value) {
    set(bytes, number, field, value);
  }

  private static void set(ByteBuffer bytes, int record, int field, long value) {
    LONG.setVolatile(bytes, record * RECORD_BYTES + field * Long.BYTES, value);
  }

  private static long get(ByteBuffer bytes, int record, int field) {
    return (long) LONG.getVolatile(bytes, record * RECORD_BYTES + field * Long.BYTES);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith("history-")).toList();
    }
  }

  /** How many operations were begun so far, by all. */
  static long count(Path folder) throws IOException {
    long count = 0;
    for (Path file : files(folder)) {
      ByteBuffer header = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        if (channel.read(header, 0) == Long.BYTES) {
          count += header.getLong(0);
        }
      }
    }
    return count;
  }

  /** All operations that were ever begun. */
  static List<Operation> read(Path folder) throws IOException {
    List<Operation> operations = new ArrayList<>();
    for (Path file : files(folder)) {
      String[] name = file.getFileName().toString().split("-", -1);
      int process = Integer.parseInt(name[1]);
      int thread = Integer.parseInt(name[2]);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        int count = bytes.capacity() == 0 ? 0 : (int) get(bytes, 0, 0);
        for (int number = 1; number <= count; number++) {
          operations.add(operation(bytes, process, thread, number));
        }
      }
    }
    return operations;
  }

  private static Operation operation(ByteBuffer bytes, int process, int thread, int number) {
    long what = get(bytes, number, WHAT);
    long answer = get(bytes, number, ANSWER);
    int source = (int) (answer >> SOURCE_SHIFT & 0xFF);
    return new Operation(
        Operation.id(process, thread, number),
        Kind.values()[(int) (what >> KIND_SHIFT)],
        (int) what,
        get(bytes, number, BEGIN),
        time(bytes, number, BODY_BEGIN),
        time(bytes, number, BODY_END),
        Answer.values()[(int) (answer & 0xFF)],
        time(bytes, number, ANSWERED),
        get(bytes, number, VALUE),
        source == 0 ? null : Source.values()[source - 1],
        (answer >> THREW_BIT & 1) != 0,
        time(bytes, number, END));
  }

  private static long time(ByteBuffer bytes, int number, int field) {
    long time = get(bytes, number, field);
    return time == 0 ? Operation.NEVER : time;
  }
}
