package dev.memo.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.esotericsoftware.kryo.kryo5.Kryo;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.errorprone.annotations.Immutable;
import dev.memo.CachedMethod;
import dev.memo.annotation.Cached;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jctools.queues.MessagePassingQueue;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.rocksdb.RocksDB;

/**
 * An application of modules, compiled and run on the module path: what its module must say, and
 * that memo says so where it does not.
 */
@Tag("heavy")
class ModulePathTest {
  /** What nobody needs to be told. */
  private static final List<String> REQUIRED =
      List.of("requires dev.memo.annotation;", "requires dev.memo;");

  /** An automatic module requires nothing itself: others must, and memo says so. */
  private static final List<String> REQUIRED_BY_MEMO =
      List.of(
          "requires com.github.benmanes.caffeine;",
          "requires jdk.net;",
          "requires org.jctools.core;",
          "requires org.objectweb.asm;");

  private static final Pattern REMEDY =
      Pattern.compile("add to (?:its )?module-info\\.java: ((?:(?:opens|requires) [^;]*; ?)+)");

  private final Path folder;
  private final Path sources;
  private final Path modules;

  ModulePathTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.sources = Files.createDirectories(folder.resolve("sources"));
    this.modules = Files.createDirectories(folder.resolve("modules"));
    Libraries.jar(Cached.class, modules.resolve("memo-annotations.jar"), Map.of());
    Libraries.jar(
        CachedMethod.class,
        modules.resolve("memo-core.jar"),
        Map.of("Automatic-Module-Name", nameOfCore()));
    for (Class<?> type :
        List.of(
            Kryo.class,
            Caffeine.class,
            Immutable.class,
            MessagePassingQueue.class,
            ClassReader.class,
            RocksDB.class,
            NullMarked.class)) {
      Path jar = Libraries.of(type);
      Files.copy(jar, modules.resolve(jar.getFileName()));
    }
    write(
        "com/acme/data/Place.java",
        """
        package com.acme.data;

        public record Place(String name, double latitude) {}
        """);
    write(
        "com/acme/Geocoder.java",
        """
        package com.acme;

        import com.acme.data.Place;
        import dev.memo.annotation.Cached;

        final class Geocoder {
          private Geocoder() {}

          @Cached("geo.memo")
          static Place locate(String address) {
            System.out.println("locates " + address);
            return new Place(address, address.length());
          }

          @Cached("geo.memo")
          static double distance(Place from, Place to) {
            System.out.println("measures");
            return from.latitude() - to.latitude();
          }
        }
        """);
    write(
        "com/acme/service/Model.java",
        """
        package com.acme.service;

        import dev.memo.annotation.CacheIdentity;
        import dev.memo.annotation.Cached;

        public class Model {
          @CacheIdentity private final String name;

          public Model(String name) {
            this.name = name;
          }

          @Cached("geo.memo")
          public String ask(String question) {
            System.out.println("asks " + name);
            return question + "!";
          }
        }
        """);
    write(
        "com/acme/Main.java",
        """
        package com.acme;

        import com.acme.data.Place;
        import com.acme.service.ModelCached;

        final class Main {
          public static void main(String[] args) throws Exception {
            for (int i = 0; i < 2; i++) {
              Place here = GeocoderCached.locate("here");
              Place there = GeocoderCached.locate("there");
              System.out.println("distance " + GeocoderCached.distance(there, here));
              System.out.println("answer " + new ModelCached("large").ask("why"));
            }
            if (args.length > 0) {
              Process child =
                  new ProcessBuilder(
                          System.getProperty("java.home") + "/bin/java",
                          "-Dmemo.home=" + System.getProperty("memo.home"),
                          "-p",
                          System.getProperty("jdk.module.path"),
                          "-m",
                          "com.acme/com.acme.Main")
                      .inheritIO()
                      .start();
              System.out.println("child ended with " + child.waitFor());
            }
          }
        }
        """);
  }

  @Test
  void linesThatMessagesNameMakeTheApplicationRun() throws IOException {
    List<String> module = new ArrayList<>(REQUIRED);

    for (int i = 0; i < 4; i++) {
      compile("", module);
      module.add(remedyOf(run()));
    }
    compile("", module);
    ProgramRun run = run();

    assertThat(module.subList(REQUIRED.size(), module.size()))
        .containsExactly(
            String.join(" ", REQUIRED_BY_MEMO),
            "opens com.acme.data to dev.memo;",
            "opens com.acme to dev.memo;",
            "opens com.acme.service to dev.memo;");
    assertThat(run.status()).as(run.output()).isZero();
    assertThat(
            run.output().lines().filter(line -> line.matches("(locates|measures|dist|ask|answ).*")))
        .containsExactly(
            "locates here",
            "locates there",
            "measures",
            "distance 1.0",
            "asks large",
            "answer why!",
            "distance 1.0",
            "answer why!");
  }

  private static String remedyOf(ProgramRun run) {
    assertThat(run.status()).as(run.output()).isNotZero();
    Matcher remedy = REMEDY.matcher(run.output());
    assertThat(remedy.find()).as(run.output()).isTrue();
    return remedy.group(1).strip();
  }

  @Test
  void processesOfAnOpenModuleShareTheDirectory() throws IOException {
    compile("open ", Stream.concat(REQUIRED.stream(), REQUIRED_BY_MEMO.stream()).toList());

    ProgramRun run = run("with another process");

    assertThat(run.status()).as(run.output()).isZero();
    assertThat(run.output())
        .containsOnlyOnce("locates here")
        .contains("child ended with 0")
        .doesNotContain("Cannot accept processes");
  }

  /** Compiles without a warning; javac warns of wrappers that it finds where it writes them. */
  private void compile(String open, List<String> lines) throws IOException {
    write(
        "module-info.java",
        "@SuppressWarnings(\"requires-automatic\")\n"
            + (open + "module com.acme {\n  ")
            + String.join("\n  ", lines)
            + "\n}\n");
    List<String> arguments =
        new ArrayList<>(
            List.of("-Xlint:all", "-Werror", "-d", application(), "-p", modules.toString()));
    for (Path file : Folders.filesIn(Files.createDirectories(Path.of(application())))) {
      Files.delete(file);
    }
    arguments.addAll(List.of("-processorpath", Libraries.PROCESSOR_PATH));
    Folders.filesIn(sources).forEach(source -> arguments.add(source.toString()));
    ProgramRun run = Jdk.running().run("javac", folder, arguments);
    assertThat(run.output()).isEmpty();
    assertThat(run.status()).isZero();
  }

  private ProgramRun run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "-Xmx256m",
                "-Dmemo.home=" + Files.createTempDirectory(folder, "home"),
                "-p",
                Libraries.path(modules, Path.of(application())),
                "-m",
                "com.acme/com.acme.Main"));
    command.addAll(List.of(arguments));
    return Jdk.running().run("java", folder, command);
  }

  private String application() {
    return folder.resolve("application").toString();
  }

  private void write(String name, String text) throws IOException {
    Path file = sources.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** What the jar's manifest will say. */
  private static String nameOfCore() throws IOException {
    Path pom = Path.of("..", "memo-core", "pom.xml");
    Matcher name =
        Pattern.compile("<Automatic-Module-Name>(.*)</Automatic-Module-Name>")
            .matcher(Files.readString(pom));
    assertThat(name.find()).isTrue();
    return name.group(1);
  }
}
