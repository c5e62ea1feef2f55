package dev.memo.processor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A project of many classes {@code com.acme.Type0}, {@code Type1} ... that use each other's types
 * and wrappers, made of the templates in {@code many/}. In a template <code>{n}</code> is the
 * number of the class, <code>{o}</code> that of another one, whose nested class {@code Data} and
 * method {@code same} may be used: so each template has them.
 */
final class ManySources {
  private static final List<Path> TEMPLATES = templates();

  /** What all classes may inherit from. */
  private static final String INHERITED =
      """
      package com.acme;

      import java.util.List;

      interface Inherited<T> {
        List<T> best(List<? extends T> candidates, int limit);

        default void reset(T defaultValue) {}
      }
      """;

  private final Path folder;
  private final int count;

  private ManySources(Path folder, int count) {
    this.folder = folder;
    this.count = count;
  }

  private static List<Path> templates() {
    try (Stream<Path> files = Files.list(Sources.RESOURCES.resolve("many"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes them.
   *
   * @param count a multiple of four
   */
  static ManySources in(Path folder, int count) throws IOException {
    ManySources sources = new ManySources(Files.createDirectories(folder), count);
    Files.writeString(folder.resolve("Inherited.java"), INHERITED);
    for (int n = 0; n < count; n++) {
      String text = Files.readString(TEMPLATES.get(n % TEMPLATES.size()));
      Files.writeString(
          sources.file(n),
          text.replace("{n}", String.valueOf(n)).replace("{o}", String.valueOf(sources.usedBy(n))));
    }
    return sources;
  }

  /** The class that a class uses: one of the first half, and never itself. */
  private int usedBy(int n) {
    return (7 * n + 3) % (count / 2);
  }

  Path file(int n) {
    return folder.resolve("Type" + n + ".java");
  }

  /** The numbers of the classes that use a class. */
  List<Integer> users(int used) {
    return IntStream.range(0, count).filter(n -> n != used && usedBy(n) == used).boxed().toList();
  }

  /** The classes made of a template that no other class uses. */
  Iterator<Integer> unused(String template) {
    return of(template).filter(n -> users(n).isEmpty()).iterator();
  }

  /** The classes made of a template that other classes use. */
  Iterator<Integer> used(String template) {
    return of(template).filter(n -> !users(n).isEmpty()).iterator();
  }

  private Stream<Integer> of(String template) {
    return IntStream.range(0, count)
        .filter(n -> TEMPLATES.get(n % TEMPLATES.size()).endsWith(template + ".txt"))
        .boxed();
  }

  /** Changes a source; what is replaced must be there. */
  void edit(int n, String was, String is) throws IOException {
    String text = Files.readString(file(n));
    if (!text.contains(was)) {
      throw new IllegalArgumentException("there is no " + was + " in " + text);
    }
    Files.writeString(file(n), text.replace(was, is));
  }
}
