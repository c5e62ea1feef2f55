package dev.memo.parallel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The virtual threads of JDK 21 and later, which this program is not compiled against. */
final class VirtualThreads {
  private static final Logger LOG = System.getLogger(VirtualThreads.class.getName());
  private static final @Nullable ThreadFactory FACTORY = find();

  private VirtualThreads() {}

  /** Makes virtual threads; null if this JVM has none. */
  static @Nullable ThreadFactory factory() {
    return FACTORY;
  }

  private static @Nullable ThreadFactory find() {
    try {
      Method ofVirtual = Thread.class.getMethod("ofVirtual");
      Object builder = ofVirtual.invoke(null);
      Class<?> type = ofVirtual.getReturnType(); // the class of the builder is not public
      type.getMethod("name", String.class, long.class).invoke(builder, "memo-parallel-virtual-", 0);
      return (ThreadFactory) type.getMethod("factory").invoke(builder);
    } catch (ReflectiveOperationException | UnsupportedOperationException none) {
      LOG.log(
          Level.INFO,
          "JVM {0} has no virtual threads (JDK 21 has): batches that ask for them run on platform"
              + " threads",
          Runtime.version());
      return null;
    }
  }
}
