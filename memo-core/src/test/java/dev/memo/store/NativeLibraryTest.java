package dev.memo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;

final class NativeLibraryTest {
  private final Path home;
  private final Path temporary;

  NativeLibraryTest(@TempDir Path folder) throws IOException {
    this.home = folder.resolve("native");
    this.temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  @Test
  void twoProcessesThatStartAtOnceShareOneFile() throws IOException {
    try (ChildJvm first = loader().start();
        ChildJvm second = loader().start()) {
      first.awaitLine("loaded");
      second.awaitLine("loaded");
      assertThat(libraries()).hasSize(1);
      assertThat(mapped(first)).contains(libraries().get(0).toString());
      assertThat(mapped(second)).contains(libraries().get(0).toString());
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(libraries().get(0).getParent())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aKilledProcessLeavesNothingInTheTemporaryFolder() throws IOException {
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
      child.kill();
    }
    assertThat(files(temporary)).isEmpty();
  }

  @Test
  @DisplayName("twin: without the shared file, a killed process leaves its own copy behind")
  void aKilledProcessThatLoadsAsRocksDbDoesLeavesACopy() throws IOException {
    try (ChildJvm child =
        ChildJvm.of(OwnLoader.class).option("-Djava.io.tmpdir=" + temporary).start()) {
      child.awaitLine("loaded");
      child.kill();
    }
    assertThat(files(temporary)).hasSize(1);
    assertThat(Files.size(files(temporary).get(0))).isGreaterThan(1 << 20);
  }

  @Test
  void aDamagedFileIsReplaced() throws IOException {
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
    }
    Path library = libraries().get(0);
    byte[] good = Files.readAllBytes(library);
    byte[] damaged = good.clone();
    damaged[damaged.length / 2] ^= 1;
    for (byte[] content : List.of(damaged, new byte[100])) {
      // beside it, as other processes have the old file mapped
      Files.delete(library);
      Files.write(library, content);
      try (ChildJvm child = loader().start()) {
        child.awaitLine("loaded");
      }
      assertThat(Files.mismatch(library, Files.write(home.resolve("good"), good))).isEqualTo(-1);
    }
  }

  @Test
  void whatAKilledProcessHadHalfUnpackedIsDeleted() throws IOException {
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
    }
    Path library = libraries().get(0);
    Files.delete(library);
    Path unfinished = Files.writeString(library.resolveSibling("unpacking-1"), "half");
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
    }
    assertThat(unfinished).doesNotExist();
    assertThat(library).exists();
  }

  @Test
  void withoutAFolderOfItsOwnAPrivateCopyIsLoadedAndDeleted() throws IOException {
    Files.writeString(home, "a file where the folder should be");
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
      assertThat(String.join("\n", child.kill())).isEmpty();
    }
    assertThat(files(temporary)).isEmpty();
  }

  @Test
  void aFolderThatOthersCanWriteToIsNotUsed() throws IOException {
    try (ChildJvm child = loader().start()) {
      child.awaitLine("loaded");
    }
    Path folder = libraries().get(0).getParent();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (ChildJvm child = loader().start()) {
      assertThat(child.awaitLine("WARNING")).contains("chmod 700");
      child.awaitLine("loaded");
    }
  }

  @Test
  void aSecondClassLoaderLoadsACopyOfItsOwn() throws IOException {
    try (ChildJvm child =
        ChildJvm.of(TwoLoaders.class)
            .option("-Dmemo.native.dir=" + home)
            .option("-Djava.io.tmpdir=" + temporary)
            .start()) {
      child.awaitLine("both loaded");
    }
    assertThat(files(temporary)).isEmpty();
  }

  @Test
  void aClassLoaderThatIsGoneLeavesTheLibraryToTheNext() {
    try (ChildJvm child =
        ChildJvm.of(GoneLoaders.class)
            .option("-Dmemo.native.dir=" + home)
            .option("-Djava.io.tmpdir=" + temporary)
            .start()) {
      assertThat(child.awaitLine("first")).isEqualTo("first: true, second: false");
      assertThat(child.awaitLine("second")).isEqualTo("second: true, third: false");
      child.awaitLine("loaded");
    }
  }

  @Test
  void aJvmThatRefusesNativeCodeIsToldApart() {
    Path java25 = Path.of("/usr/lib/jvm/temurin-25-jdk-amd64/bin/java");
    assumeTrue(Files.isExecutable(java25), "no JDK 25 is installed here");
    ChildJvm.Builder refusing =
        loader().java(java25).withoutNativeAccess().option("--illegal-native-access=deny");
    try (ChildJvm child = refusing.start()) {
      assertThat(child.awaitLine("dev.memo.failure.DirectoryException"))
          .contains("--enable-native-access=ALL-UNNAMED");
    }
  }

  private ChildJvm.Builder loader() {
    return ChildJvm.of(Loader.class)
        .option("-Dmemo.native.dir=" + home)
        .option("-Djava.io.tmpdir=" + temporary);
  }

  private List<Path> libraries() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : files(home)) {
      for (Path file : Files.isDirectory(folder) ? files(folder) : List.<Path>of()) {
        if (!file.endsWith("lock")) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(found::add);
    }
    found.removeIf(file -> file.getFileName().toString().startsWith("hsperfdata"));
    return found;
  }

  private static String mapped(ChildJvm child) throws IOException {
    Path maps = Path.of("/proc/" + child.process().pid() + "/maps");
    assumeTrue(Files.isReadable(maps), "only Linux shows what a process has mapped");
    return Files.readString(maps);
  }

  /** Loads the library and stays. */
  static final class Loader {
    private Loader() {}

    public static void main(String[] arguments) throws IOException {
      try {
        NativeLibrary.load();
        System.out.println("loaded");
      } catch (RuntimeException e) {
        System.out.println(e);
      }
      int unused = System.in.read();
    }
  }

  /** Loads the library as RocksDB does by itself, and stays. */
  static final class OwnLoader {
    private OwnLoader() {}

    public static void main(String[] arguments) throws IOException {
      RocksDB.loadLibrary();
      System.out.println("loaded");
      int unused = System.in.read();
    }
  }

  /** NativeLibrary in a class loader of its own. */
  private static final class OtherLoader {
    private OtherLoader() {}

    static Class<?> create() throws IOException, ReflectiveOperationException {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(":", -1)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      ClassLoader loader =
          new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
      return loader.loadClass(NativeLibrary.class.getName());
    }

    static @Nullable Object call(Class<?> library, String name)
        throws ReflectiveOperationException {
      Method method = library.getDeclaredMethod(name);
      method.setAccessible(true);
      return method.invoke(null);
    }
  }

  /** Loads the library in two class loaders. */
  static final class TwoLoaders {
    private TwoLoaders() {}

    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
      NativeLibrary.load();
      OtherLoader.call(OtherLoader.create(), "load");
      System.out.println("both loaded");
    }
  }

  /** Loads the library in a class loader, and when that is gone in the next. */
  static final class GoneLoaders {
    private GoneLoaders() {}

    public static void main(String[] arguments) throws ReflectiveOperationException, IOException {
      Class<?> second = OtherLoader.create();
      WeakReference<ClassLoader> first = loadBefore(second);
      while (!first.refersTo(null)) { // the test has a deadline
        System.gc();
      }
      System.out.println(
          "second: "
              + OtherLoader.call(second, "isOurs")
              + ", third: "
              + OtherLoader.call(OtherLoader.create(), "isOurs"));
      OtherLoader.call(second, "load");
      System.out.println("loaded");
    }

    private static WeakReference<ClassLoader> loadBefore(Class<?> second)
        throws ReflectiveOperationException, IOException {
      Class<?> first = OtherLoader.create();
      OtherLoader.call(first, "load");
      System.out.println(
          "first: "
              + OtherLoader.call(first, "isOurs")
              + ", second: "
              + OtherLoader.call(second, "isOurs"));
      return new WeakReference<>(first.getClassLoader());
    }
  }
}
