package dev.memo.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds, in bytes. As text, what one process tells another.
 *
 * @param heap what is reachable, or soon after was
 * @param resident of the whole process; with what it has mapped, and the heap that is unused
 */
record Memory(double heap, double resident) {
  private static final String RESIDENT = "VmRSS:";

  static Memory ofThisProcess() throws IOException {
    System.gc(); // what is not reachable tells nothing
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
      String kilobytes =
          status.filter(line -> line.startsWith(RESIDENT)).findFirst().orElse(RESIDENT + " 0 kB");
      return new Memory(heap, 1024 * Double.parseDouble(kilobytes.replaceAll("[^0-9]", "")));
    }
  }

  static Memory parse(String text) {
    String[] numbers = text.split(" ", -1);
    return new Memory(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
  }

  @Override
  public String toString() {
    return heap + " " + resident;
  }
}
