package dev.memo.benchmarks;

import dev.memo.codec.TypeRef;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** What is measured: one row of the table for each type. */
final class Samples {
  /** The rows by their names, in the order of the table. */
  static final Map<String, Supplier<Contest>> ROWS = rows();

  private Samples() {}

  record NameAndNumber(String name, int number) implements Serializable {}

  /** The small record. */
  record Place(String street, int number, double latitude, double longitude, long visited)
      implements Serializable {}

  enum Size {
    SMALL,
    MEDIUM,
    LARGE
  }

  sealed interface Figure extends Serializable {}

  record Circle(double radius) implements Figure {}

  record Square(double side) implements Figure {}

  private static Map<String, Supplier<Contest>> rows() {
    String text40 = "10 Downing Street, London SW1A 2AA, U.K.";
    Place place = new Place("10 Downing Street", 10, 51.5033, -0.1276, 1_700_000_000_000L);
    List<String> texts = new ArrayList<>();
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      texts.add("element of a list " + i);
      counts.put("element of a map " + i, i);
    }
    double[] doubles = IntStream.range(0, 1000).mapToDouble(i -> i * 1.1).toArray();
    LocalDate date = LocalDate.of(2024, 2, 29);

    Map<String, Supplier<Contest>> rows = new LinkedHashMap<>();
    NameAndNumber arguments = new NameAndNumber("10 Downing Street", 10);
    Supplier<KeyContest<NameAndNumber>> two =
        () ->
            KeyContest.ofComponents(
                NameAndNumber.class, arguments, arguments.name, arguments.number);
    rows.put("key (String, int)", two::get);
    rows.put("key (String, int), for the database", () -> two.get().withDatabaseKey());
    rows.put("key String 40", () -> KeyContest.ofOne(text40));
    rows.put("key long", () -> KeyContest.ofOne(42L));
    rows.put("key double", () -> KeyContest.ofOne(51.5033));
    rows.put("key record of 5", () -> KeyContest.ofOne(place));
    rows.put("key List<String> 100", () -> KeyContest.ofOne(texts));
    rows.put("key Set<String> 100", () -> KeyContest.ofOne(new HashSet<>(texts)));
    rows.put("key Map<String, Integer> 100", () -> KeyContest.ofOne(counts));
    rows.put("key double[1000]", () -> KeyContest.ofOne(doubles));
    rows.put("key enum", () -> KeyContest.ofOne(Size.MEDIUM));
    rows.put("key Optional<String>", () -> KeyContest.ofOne(Optional.of(text40)));
    rows.put("key LocalDate", () -> KeyContest.ofOne(date));
    rows.put("key UUID", () -> KeyContest.ofOne(new UUID(1, 2)));
    rows.put("key Path", () -> KeyContest.ofOne(Path.of("/usr/share/dict/words")));

    rows.put("value Double", () -> ValueContest.of(Double.class, 51.5033));
    rows.put("value String 40", () -> ValueContest.of(String.class, text40));
    rows.put("value record of 5", () -> ValueContest.of(Place.class, place));
    rows.put(
        "value record of 5, as an entry",
        () -> ValueContest.of(Place.class, place).asEntryOf("10 Downing Street"));
    rows.put(
        "value Double, as an entry of double[1000]",
        () -> ValueContest.of(Double.class, 51.5033).asEntryOf(doubles));
    rows.put(
        "value List<String> 100",
        () -> ValueContest.of(new TypeRef<List<String>>() {}.type(), texts));
    rows.put(
        "value Map<String, Integer> 100",
        () -> ValueContest.of(new TypeRef<Map<String, Integer>>() {}.type(), counts));
    rows.put("value double[1000]", () -> ValueContest.of(double[].class, doubles));
    rows.put("value sealed", () -> ValueContest.of(Figure.class, new Circle(1.5)));
    rows.put("value enum", () -> ValueContest.of(Size.class, Size.MEDIUM));
    rows.put(
        "value Optional<String>",
        () -> ValueContest.of(new TypeRef<Optional<String>>() {}.type(), Optional.of(text40)));
    rows.put("value LocalDate", () -> ValueContest.of(LocalDate.class, date));
    return rows;
  }
}
