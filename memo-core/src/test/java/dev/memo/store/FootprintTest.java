package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Env;
import org.rocksdb.Priority;
import org.rocksdb.ReadOptions;

@EnabledOnOs(OS.LINUX)
class FootprintTest {

  @Test
  @DisplayName("twin: what is not given back is seen, of each kind")
  void whatIsNotGivenBackIsSeen(@TempDir Path folder) {
    try (ChildJvm child =
        ChildJvm.of(Forgetful.class, folder.resolve("file"))
            .option(NativeHandles.agentOption(folder))
            .start()) {
      assertThat(child.awaitLine("kept"))
          .contains("native ReadOptions=1")
          .contains("thread forgotten=1")
          .contains("thread rocksdb:bottom=1")
          .contains("descriptor " + folder.resolve("file") + "=1")
          .contains("mapping " + folder.resolve("file") + "=1");
    }
  }

  /** Keeps one of each, and gives another of each back. */
  static final class Forgetful {
    private Forgetful() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      NativeLibrary.load();
      Path file = Path.of(arguments[0]);
      new ReadOptions().close();
      Env env = Env.getDefault();
      Footprint before = Footprint.now();

      env.setBackgroundThreads(1, Priority.BOTTOM); // of which there is none by default
      new ReadOptions().close();
      ReadOptions options = new ReadOptions();
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Object mapping = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      CountDownLatch never = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "forgotten");
      thread.setDaemon(true);
      thread.start();

      System.out.println("kept " + Footprint.keptSince(before, Duration.ofSeconds(1)));
      System.out.println("of " + options + channel + mapping + thread + env);
    }
  }
}
