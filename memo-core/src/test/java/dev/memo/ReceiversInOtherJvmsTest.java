package dev.memo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.memo.call.CachedFunction;
import dev.memo.store.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers mean the same in every JVM. */
@Tag("heavy")
final class ReceiversInOtherJvmsTest {
  private static final String DIRECTORY = "receivers.memo";

  @Test
  @DisplayName("P1, P2: equal receivers in two JVMs share results, different ones never do")
  void equalReceiversShareAndDifferentOnesNeverDo(@TempDir Path folder) {
    Path directory = folder.resolve("d.memo");
    List<Map<String, String>> said = new ArrayList<>();
    try (ChildJvm first = ChildJvm.of(Program.class, directory).shortLived().start();
        ChildJvm second =
            ChildJvm.of(Program.class, directory)
                .shortLived()
                .option("-Duser.language=tr")
                .option("-XX:+UnlockExperimentalVMOptions")
                .option("-XX:hashCode=2")
                .start()) {
      said.add(results(first));
      said.add(results(second));
    }

    Map<String, String> results = said.get(0);
    assertThat(said.get(1)).isEqualTo(results);
    assertThat(results).hasSize(Program.OBJECTS);
    assertThat(results.values()).doesNotHaveDuplicates();
  }

  private static Map<String, String> results(ChildJvm child) {
    Map<String, String> results = new LinkedHashMap<>();
    for (String line : child.awaitEnd()) {
      int equals = line.indexOf(" = ");
      if (line.startsWith("result ") && equals > 0) {
        results.put(line.substring(0, equals), line.substring(equals));
      }
    }
    return results;
  }

  /** Calls methods on objects that every JVM makes anew, and prints what they return. */
  static final class Program {
    static final int OBJECTS = 11;

    private static final AtomicInteger RUNS = new AtomicInteger();

    private Program() {}

    private static String run() {
      return ProcessHandle.current().pid() + "/" + RUNS.incrementAndGet();
    }

    enum Side {
      LEFT,
      RIGHT;

      String other() {
        return run();
      }
    }

    private record Point(int x, String label) {
      String name() {
        return run();
      }
    }

    @SuppressWarnings("UnusedMethod") // memo reads id()
    private interface Service {
      String id();

      String ask(String text);
    }

    private record Slow(String id) implements Service {
      @Override
      public String ask(String text) {
        return run();
      }
    }

    private record Fast(String id) implements Service {
      @Override
      public String ask(String text) {
        return run();
      }
    }

    private static class Base {
      private final List<String> regions;

      Base(String... regions) {
        this.regions = List.of(regions);
      }

      List<String> regions() {
        return regions;
      }
    }

    private static final class Geocoder extends Base {
      final int model;

      Geocoder(int model, String... regions) {
        super(regions);
        this.model = model;
      }

      String locate(String address) {
        assertThat(regions()).as(address).isNotEmpty();
        return run();
      }
    }

    public static void main(String[] arguments) {
      InstanceMethod locate =
          CachedMethod.in(DIRECTORY, Geocoder.class, "locate", String.class)
              .identifiedBy("regions", "model")
              .ofInstances();
      InstanceMethod ask =
          CachedMethod.in(DIRECTORY, Service.class, "ask", String.class)
              .identifiedBy("id()")
              .withReceiverClass()
              .ofInstances();
      CachedFunction<Point, String, RuntimeException> name =
          CachedMethod.in(DIRECTORY, Point.class, "name").receiver().calls(Point::name);
      CachedFunction<Side, String, RuntimeException> other =
          CachedMethod.in(DIRECTORY, Side.class, "other").receiver().calls(Side::other);
      try (Binding bound = Memo.bind(DIRECTORY, Path.of(arguments[0]))) {
        for (Geocoder geocoder :
            List.of(
                new Geocoder(1, "eu", "us"), new Geocoder(1, "us", "eu"), new Geocoder(2, "eu"))) {
          print(geocoder.model + " " + geocoder.regions(), locate.on(geocoder, geocoder::locate));
        }
        for (Service service :
            List.of(new Slow("a"), new Fast("a"), new Slow("b"), new Fast("b"))) {
          print(service.toString(), ask.on(service, service::ask));
        }
        for (Point point : List.of(new Point(1, "\u0131"), new Point(1, "i"))) {
          System.out.println("result " + point.label().codePointAt(0) + " = " + name.call(point));
        }
        for (Side side : Side.values()) {
          System.out.println("result " + side + " = " + other.call(side));
        }
        assertThat(bound).isNotNull();
      }
    }

    private static void print(
        String receiver, CachedFunction<String, String, RuntimeException> function) {
      System.out.println("result " + receiver + " = " + function.call("x"));
    }
  }
}
