package dev.memo.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a process holds, in bytes; {@link Double#NaN} is what is not known. As text, what one
 * process tells another.
 *
 * @param outside what is resident, mapped files included, outside the addresses of the Java heap:
 *     inside them a collector holds more than is in use
 * @param heap what is reachable, or soon after was
 */
record Memory(double outside, double heap) {
  private static final double MB = 1 << 20;
  private static final double KB = 1 << 10;

  /** A line that begins a mapping in {@code smaps}. */
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ .*");

  /** How much of a mapping is resident, or of a whole process. */
  private static final Pattern RESIDENT = Pattern.compile("(?:Rss|VmRSS):\\s+([0-9]+) kB");

  private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]+)");

  static Memory of(ProcessHandle process) throws IOException, JMException {
    return process.equals(ProcessHandle.current())
        ? ofThisProcess()
        : new Memory(residentIn(process), Double.NaN);
  }

  private static Memory ofThisProcess() throws IOException, JMException {
    System.gc(); // what is not reachable tells nothing
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new Memory(residentOutsideHeap(), heap);
  }

  /** Of a process that has no Java heap. */
  private static double residentIn(ProcessHandle process) throws IOException {
    for (String line : linesOf(process.pid() + "/status")) {
      if (RESIDENT.matcher(line).matches()) {
        return residentBytes(line);
      }
    }
    return Double.NaN;
  }

  private static double residentOutsideHeap() throws IOException, JMException {
    List<Long> heap = heapAddresses();
    List<String> lines = linesOf("self/smaps");
    if (heap.isEmpty() || lines.isEmpty()) {
      return Double.NaN;
    }
    long first = heap.get(0);
    long end = heap.get(heap.size() - 1);
    double bytes = 0;
    boolean outside = false;
    for (String line : lines) {
      Matcher mapping = MAPPING.matcher(line);
      if (mapping.matches()) {
        long begin = Long.parseUnsignedLong(mapping.group(1), 16);
        outside = begin < first || begin >= end;
      } else if (outside) {
        bytes += residentBytes(line);
      }
    }
    return bytes;
  }

  /** Where what the collector manages begins and ends, and perhaps more; nothing if it hides it. */
  private static List<Long> heapAddresses() throws JMException {
    Object info =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcHeapInfo",
                null,
                null);
    return ADDRESS
        .matcher(info.toString())
        .results()
        .map(address -> Long.parseUnsignedLong(address.group(1), 16))
        .sorted()
        .toList();
  }

  private static double residentBytes(String line) {
    Matcher resident = RESIDENT.matcher(line);
    return resident.matches() ? KB * Long.parseLong(resident.group(1)) : 0;
  }

  /** Nothing where there is no such file. */
  private static List<String> linesOf(String file) throws IOException {
    Path path = Path.of("/proc", file);
    return Files.isReadable(path) ? Files.readAllLines(path) : List.of();
  }

  static Memory parse(String text) {
    String[] numbers = text.split(" ", -1);
    return new Memory(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
  }

  /** For a table, in the order of the names. */
  String megabytes() {
    return megabytes(outside) + ", " + megabytes(heap);
  }

  private static String megabytes(double bytes) {
    return Double.isNaN(bytes) ? "-" : Spread.number(bytes / MB);
  }

  @Override
  public String toString() {
    return outside + " " + heap;
  }
}
