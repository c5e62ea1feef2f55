package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rocksdb.RocksDBException;

/** What becomes of native objects when a database is not opened after all. */
final class NativeDatabaseTest {

  /** How it is opened. */
  private enum Opening {
    TO_WRITE {
      @Override
      NativeDatabase open(Path data, Path folder, Seams seams) throws RocksDBException {
        return NativeDatabase.open(data, Durability.PROCESS_CRASH, false, seams);
      }
    },
    TO_READ {
      @Override
      NativeDatabase open(Path data, Path folder, Seams seams)
          throws RocksDBException, IOException {
        Path own = Files.createDirectories(folder.resolve("own"));
        try (SecondaryCache cache = new SecondaryCache()) {
          return NativeDatabase.openAsSecondary(data, own, cache.cache(), seams);
        }
      }
    };

    abstract NativeDatabase open(Path data, Path folder, Seams seams)
        throws RocksDBException, IOException;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("P8: an opening that fails, however it does, leaves no native object behind")
  void failedOpenings(Opening opening, @TempDir Path folder) {
    try (ChildJvm child =
        ChildJvm.of(Failing.class, folder, opening)
            .option(NativeHandles.agentOption(folder))
            .start()) {
      assertThat(child.awaitLine("kept")).isEqualTo("kept {}");
    }
  }

  /** Opens databases that cannot be opened, and one that can be. */
  static final class Failing {
    private Failing() {}

    public static void main(String[] arguments) throws RocksDBException, IOException {
      Path folder = Path.of(arguments[0]);
      Opening opening = Opening.valueOf(arguments[1]);
      NativeLibrary.load();
      Path file = Files.createFile(folder.resolve("file"));
      requireFailure(RocksDBException.class, () -> opening.open(file, folder, Seams.NONE));
      requireFailure(OutOfMemoryError.class, () -> opening.open(unnamed(), folder, Seams.NONE));
      Path data = folder.resolve("data");
      NativeDatabase primary = Opening.TO_WRITE.open(data, folder, Seams.NONE);
      NativeDatabase secondary = Opening.TO_READ.open(data, folder, Seams.NONE);
      if (NativeHandles.open().isEmpty()) {
        throw new AssertionError("the handles of open databases are not known");
      }
      secondary.free();
      primary.free();
      System.out.println("kept " + NativeHandles.open());
    }

    private static void requireFailure(
        Class<? extends Throwable> expected, Callable<NativeDatabase> opening) {
      try {
        opening.call().free();
      } catch (Throwable e) {
        if (expected.isInstance(e)) {
          return;
        }
        throw new AssertionError(e);
      }
      throw new AssertionError("it was opened");
    }

    /** A path that is asked for its name when the options have been made. */
    private static Path unnamed() {
      return (Path)
          Proxy.newProxyInstance(
              Failing.class.getClassLoader(),
              new Class<?>[] {Path.class},
              (path, method, arguments) -> {
                throw new OutOfMemoryError("by script");
              });
    }
  }
}
