package dev.memo.codec.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.memo.codec.GoldenArguments;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.IntStream;

/**
 * A program that prints keys as the JVM that it runs in makes them, and things that careless code
 * would make differently.
 */
final class KeysOfThisJvm {
  static final String SURROUNDINGS = "surroundings ";

  private static final int GENERATED = 400;

  private KeysOfThisJvm() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, UTF_8);
    lines().forEach(line -> out.print(line + "\n"));
    surroundings().forEach(thing -> out.print(SURROUNDINGS + thing + "\n"));
    out.flush();
  }

  /** The golden keys, then those of generated arguments, which are built as this JVM does it. */
  static List<String> lines() {
    List<String> lines = new ArrayList<>(GoldenArguments.lines());
    ArgumentsFormat<Object> format = ArgumentsFormat.ofOne(Object.class);
    for (int seed = 0; seed < GENERATED; seed++) {
      Random random = new Random(seed);
      ArgumentTree tree = new ArgumentTrees(random).three();
      byte[] bytes = format.encode(BuiltArguments.of(tree, random));
      lines.add("seed " + seed + " = " + HexFormat.of().formatHex(bytes));
    }
    return lines;
  }

  @SuppressWarnings({
    "StringCaseLocaleUsage",
    "DefaultCharset",
    "FormatStringShouldUsePlaceholders"
  })
  private static List<String> surroundings() {
    List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
    return List.of(
        "version " + Runtime.version().feature(),
        "locale " + Locale.getDefault(),
        "lower case " + "I".toLowerCase(),
        "digits " + String.format("%d", 12),
        "zone " + TimeZone.getDefault().getID(),
        "charset " + Charset.defaultCharset(),
        // spread over the whole table, or the order often does not depend on where it is begun
        "order " + Set.copyOf(numbers.stream().map(n -> 2 * n).toList()));
  }
}
