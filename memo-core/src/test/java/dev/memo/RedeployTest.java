package dev.memo;

import dev.memo.call.CachedFunction;
import dev.memo.store.ChildJvm;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A web application that carries memo is deployed again and again in one JVM: each time by a new
 * class loader, after the former has closed what it had open.
 */
@Tag("heavy")
final class RedeployTest {
  private static final int DEPLOYMENTS = 4;

  /** The JDK keeps the first class loader of records: a cached method handle names their types. */
  private static final int KEPT_BY_THE_JDK = 1;

  private final Path directory;

  RedeployTest(@TempDir Path folder) {
    this.directory = folder.resolve("d.memo");
  }

  @Test
  @DisplayName("class loaders are collected when all that they had open is closed")
  void deployedAgainAndAgain() {
    try (ChildJvm child = ChildJvm.of(Container.class, directory).start()) {
      for (int i = 0; i < DEPLOYMENTS; i++) {
        child.awaitLine("4 and 6"); // what all have read from the same directory
      }
      child.awaitLine("collected");
    }
  }

  /** The JVM in which it is deployed. */
  static final class Container {
    private Container() {}

    public static void main(String[] arguments) throws Exception {
      List<WeakReference<ClassLoader>> deployed = new ArrayList<>();
      for (int i = 0; i < DEPLOYMENTS; i++) {
        deployed.add(deploy(arguments[0]));
      }
      while (deployed.size() > KEPT_BY_THE_JDK) { // the test has a deadline
        System.gc();
        deployed.removeIf(loader -> loader.refersTo(null));
      }
      System.out.println("collected");
    }

    private static WeakReference<ClassLoader> deploy(String directory) throws Exception {
      try (URLClassLoader loader =
          new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
        application(loader).accept(directory);
        return new WeakReference<>(loader);
      }
    }

    private static URL[] classPath() throws IOException {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(":", -1)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }

    @SuppressWarnings("unchecked")
    private static Consumer<String> application(ClassLoader loader)
        throws ReflectiveOperationException {
      Class<?> type = loader.loadClass(Application.class.getName());
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return (Consumer<String>) constructor.newInstance();
    }
  }

  /** What is deployed. Only classes of the JDK go in. */
  static final class Application implements Consumer<String> {
    @Override
    public void accept(String directory) {
      try (Memo memo = Memo.open(Path.of(directory))) {
        CachedFunction<String, Integer, RuntimeException> length =
            memo.function("length", "1", String.class, Integer.class, String::length);
        System.out.println(length.call("text") + " and " + length.call("longer"));
      }
    }
  }
}
