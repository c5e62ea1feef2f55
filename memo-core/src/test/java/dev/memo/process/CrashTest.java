package dev.memo.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.claims.CallKey;
import dev.memo.store.ChildJvm;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they store results. */
@Tag("heavy")
final class CrashTest {
  private static final int ROUNDS =
      System.getProperty("memo.test.size", "").equals("soak") ? 50 : 3;

  private final Path path;

  CrashTest(@TempDir Path folder) {
    path = folder.resolve("d");
  }

  @Test
  @DisplayName("P3: every acknowledged result survives kill -9 of its owner, again and again")
  void everyAcknowledgedResultSurvives() {
    List<Integer> acknowledged = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      int first = round * 1_000_000;
      try (ChildJvm writer = ChildJvm.of(Writer.class, path, first).start()) {
        writer.awaitLine("stored " + (first + 500));
        List<String> rest = new ArrayList<>(writer.kill());
        int last = first + 500 + Math.max(0, rest.size() - 1); // the last line may be cut
        for (int call = first; call <= last; call++) {
          acknowledged.add(call);
        }
      }
      try (OpenDirectory directory = OpenDirectoryTest.open(path)) {
        assertThat(acknowledged)
            .allSatisfy(call -> assertThat(directory.primary().read(key(call), 1)).isNotNull());
      }
    }
  }

  private static CallKey key(int call) {
    return CallKey.of(7, ByteBuffer.allocate(4).putInt(call).array());
  }

  /** Stores results until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      OpenDirectory directory = OpenDirectoryTest.open(Path.of(arguments[0]));
      for (int call = Integer.parseInt(arguments[1]); ; call++) {
        OpenDirectoryTest.store(directory, key(call), "result " + call);
        System.out.println("stored " + call);
      }
    }
  }
}
