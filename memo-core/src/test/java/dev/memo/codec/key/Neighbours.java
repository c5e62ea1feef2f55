package dev.memo.codec.key;

import dev.memo.codec.key.ArgumentTree.ArrayOf;
import dev.memo.codec.key.ArgumentTree.DescribedOf;
import dev.memo.codec.key.ArgumentTree.Leaf;
import dev.memo.codec.key.ArgumentTree.ListOf;
import dev.memo.codec.key.ArgumentTree.MapOf;
import dev.memo.codec.key.ArgumentTree.OptionalOf;
import dev.memo.codec.key.ArgumentTree.RecordOf;
import dev.memo.codec.key.ArgumentTree.SetOf;
import dev.memo.codec.key.SampleTypes.Pair;
import dev.memo.codec.key.SampleTypes.Twin;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes of an argument another that differs from it in one place, as little as possible. Not
 * thread-safe.
 */
final class Neighbours {

  /** In what an argument and its neighbour differ. */
  enum Change {
    ELEMENT,
    TYPE,
    BOUNDARY,
    NESTING,
    SWAP,
    ABSENCE
  }

  record Neighbour(Change change, ArgumentTree tree) {}

  private final Random random;
  private final ArgumentTrees trees;

  Neighbours(Random random, ArgumentTrees trees) {
    this.random = random;
    this.trees = trees;
  }

  /** A neighbour that is a record of the same class, as are the arguments of one function. */
  Neighbour of(RecordOf arguments) {
    while (true) {
      Change change = trees.oneOf(List.of(Change.values()));
      ArgumentTree changed = within(arguments, change);
      if (changed instanceof RecordOf record
          && record.type() == arguments.type()
          && !changed.equals(arguments)) {
        return new Neighbour(change, changed);
      }
    }
  }

  /** Changes the tree itself or something in it; null if the dice fell on what is not possible. */
  private @Nullable ArgumentTree within(ArgumentTree tree, Change change) {
    List<ArgumentTree> children = tree.children();
    if (children.isEmpty() || random.nextInt(4) == 0) {
      return here(tree, change);
    }
    int i = random.nextInt(children.size());
    ArgumentTree changed = within(children.get(i), change);
    return changed == null ? null : tree.with(replaced(children, i, changed));
  }

  private @Nullable ArgumentTree here(ArgumentTree tree, Change change) {
    return switch (change) {
      case ELEMENT -> tree instanceof Leaf leaf ? otherLeaf(leaf) : otherElements(tree);
      case TYPE -> tree instanceof Leaf leaf ? otherType(leaf) : otherContainer(tree);
      case BOUNDARY -> movedBoundary(tree);
      case NESTING -> otherNesting(tree);
      case SWAP -> swapped(tree);
      case ABSENCE -> absent(tree);
    };
  }

  private static List<ArgumentTree> replaced(List<ArgumentTree> all, int i, ArgumentTree by) {
    List<ArgumentTree> copy = new ArrayList<>(all);
    copy.set(i, by);
    return copy;
  }

  private ArgumentTree otherLeaf(Leaf leaf) {
    Object value = leaf.value();
    if (value instanceof String text) {
      return Leaf.text(otherText(text));
    } else if (value instanceof Double number) {
      return Leaf.of(leaf.tag(), random.nextBoolean() ? -number : Math.nextUp(number));
    } else if (value instanceof Float number) {
      return Leaf.of(leaf.tag(), random.nextBoolean() ? -number : Math.nextUp(number));
    } else if (value instanceof Integer number) {
      return Leaf.of(leaf.tag(), number ^ 1 << random.nextInt(Integer.SIZE));
    } else if (value instanceof Long number) {
      return Leaf.of(leaf.tag(), number ^ 1L << random.nextInt(Long.SIZE));
    } else if (value instanceof BigDecimal number) {
      return Leaf.of(
          leaf.tag(), random.nextBoolean() ? number.setScale(number.scale() + 1) : number.negate());
    } else if (value instanceof BigInteger number) {
      return Leaf.of(
          leaf.tag(), random.nextBoolean() ? number.flipBit(random.nextInt(70)) : number.negate());
    }
    return trees.leaf(
        leaf.tag() == KeyTag.TRUE
            ? KeyTag.FALSE
            : leaf.tag() == KeyTag.FALSE ? KeyTag.TRUE : leaf.tag());
  }

  private String otherText(String text) {
    String piece = trees.oneOf(List.of("a", "?", "\0", "\ud800", "\udc00"));
    int at = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), at + random.nextInt(2));
    return switch (random.nextInt(3)) {
      case 0 -> text.substring(0, at) + text.substring(to);
      case 1 -> Normalizer.normalize(text, trees.oneOf(List.of(Form.NFC, Form.NFD)));
      default -> text.substring(0, at) + piece + text.substring(to);
    };
  }

  private @Nullable ArgumentTree otherElements(ArgumentTree tree) {
    List<ArgumentTree> children = new ArrayList<>(tree.children());
    if (children.isEmpty() || random.nextBoolean()) {
      children.add(random.nextInt(children.size() + 1), trees.any());
    } else {
      children.set(random.nextInt(children.size()), trees.any());
    }
    return tree.with(children);
  }

  /** The same number, text or moment as another type has it. */
  private @Nullable ArgumentTree otherType(Leaf leaf) {
    Object value = leaf.value();
    if (value == null || random.nextInt(4) == 0) {
      return Leaf.text(String.valueOf(value));
    } else if (value instanceof Number number) {
      return numberAs(trees.oneOf(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), number);
    } else if (value instanceof Character c) {
      return random.nextBoolean()
          ? Leaf.text(c.toString())
          : Leaf.of(KeyTag.SHORT, (short) (char) c);
    } else if (value instanceof Boolean b) {
      return Leaf.of(KeyTag.BYTE, (byte) (b ? 1 : 0));
    } else if (value instanceof String text) {
      return textAs(text);
    } else if (value instanceof Enum<?> constant) {
      return constantAs(constant);
    } else if (value instanceof LocalDate date) {
      return Leaf.of(KeyTag.LOCAL_DATE_TIME, date.atStartOfDay());
    } else if (value instanceof LocalDateTime time) {
      return Leaf.of(KeyTag.OFFSET_DATE_TIME, time.atOffset(ZoneOffset.UTC));
    } else if (value instanceof OffsetDateTime time) {
      return random.nextBoolean()
          ? Leaf.of(KeyTag.ZONED_DATE_TIME, time.toZonedDateTime())
          : Leaf.of(KeyTag.INSTANT, time.toInstant());
    } else if (value instanceof ZonedDateTime time) {
      return random.nextBoolean()
          ? Leaf.of(KeyTag.OFFSET_DATE_TIME, time.toOffsetDateTime())
          : Leaf.of(KeyTag.ZONED_DATE_TIME, time.withFixedOffsetZone());
    } else if (value instanceof ZoneOffset offset) {
      return Leaf.of(KeyTag.ZONE_REGION, ZoneId.ofOffset("UTC", offset));
    } else if (value instanceof Year year) {
      return Leaf.of(KeyTag.INT, year.getValue());
    }
    return null;
  }

  private @Nullable ArgumentTree numberAs(int type, Number number) {
    int i = number.intValue();
    return switch (type) {
      case 0 -> Leaf.of(KeyTag.BYTE, (byte) i);
      case 1 -> Leaf.of(KeyTag.SHORT, (short) i);
      case 2 -> Leaf.of(KeyTag.CHAR, (char) i);
      case 3 -> Leaf.of(KeyTag.CHAR, (char) ('0' + i % 10));
      case 4 -> Leaf.of(KeyTag.INT, i);
      case 5 -> Leaf.of(KeyTag.LONG, number.longValue());
      case 6 ->
          Leaf.of(
              KeyTag.FLOAT, random.nextBoolean() ? number.floatValue() : Float.intBitsToFloat(i));
      case 7 ->
          Leaf.of(
              KeyTag.DOUBLE,
              random.nextBoolean()
                  ? number.doubleValue()
                  : Double.longBitsToDouble(number.longValue()));
      case 8 -> Leaf.of(KeyTag.BIG_INTEGER, BigInteger.valueOf(number.longValue()));
      case 9 -> Leaf.of(KeyTag.BIG_DECIMAL, BigDecimal.valueOf(number.longValue()));
      case 10 -> Leaf.of(KeyTag.OPTIONAL_INT, OptionalInt.of(i));
      default -> Leaf.of(KeyTag.OPTIONAL_LONG, OptionalLong.of(number.longValue()));
    };
  }

  private @Nullable ArgumentTree textAs(String text) {
    if (text.equals("null")) {
      return Leaf.NULL;
    } else if (text.length() == 1 && random.nextBoolean()) {
      return Leaf.of(KeyTag.CHAR, text.charAt(0));
    } else if (text.equals("a") || text.equals("ab")) {
      return random.nextBoolean()
          ? new Leaf(KeyTag.URI, text, URI.create(text))
          : new Leaf(KeyTag.PATH, Path.of(text).toAbsolutePath().toString(), Path.of(text));
    }
    List<ArgumentTree> characters = new ArrayList<>();
    text.chars().forEach(c -> characters.add(Leaf.of(KeyTag.CHAR, (char) c)));
    return random.nextBoolean() ? new ListOf(characters) : new ArrayOf(char.class, characters);
  }

  private ArgumentTree constantAs(Enum<?> constant) {
    if (random.nextInt(3) == 0) {
      return Leaf.text(constant.name());
    }
    List<Enum<?>> others =
        List.of(
            SampleTypes.Colour.RED,
            SampleTypes.Colour.GREEN,
            SampleTypes.Signal.RED,
            SampleTypes.Signal.GREEN,
            TimeUnit.SECONDS,
            ChronoUnit.SECONDS);
    return others.stream()
        .filter(other -> other.name().equals(constant.name()) && other != constant)
        .findAny()
        .map(other -> (ArgumentTree) Leaf.of(KeyTag.ENUM, other))
        .orElseThrow();
  }

  /** The same children in another container. */
  private @Nullable ArgumentTree otherContainer(ArgumentTree tree) {
    List<ArgumentTree> children = tree.children();
    if (tree instanceof RecordOf record && random.nextBoolean()) {
      return new RecordOf(otherRecord(record.type()), List.of()).with(children);
    } else if (tree instanceof DescribedOf described && random.nextBoolean()) {
      return new DescribedOf(
          described.type() == Parcel.class ? Parcel.Packet.class : Parcel.class, children);
    }
    return switch (random.nextInt(7)) {
      case 0 -> new ListOf(children);
      case 1 -> SetOf.of(children);
      case 2 -> new MapOf(Map.of()).with(children);
      case 3 -> new ArrayOf(Object.class, children);
      case 4 ->
          new ArrayOf(
                  trees.oneOf(
                      List.of(
                          Integer.class,
                          Number.class,
                          int.class,
                          long.class,
                          String.class,
                          Comparable.class)),
                  List.of())
              .with(children);
      case 5 -> new DescribedOf(Parcel.class, children);
      default ->
          new RecordOf(trees.oneOf(List.of(Pair.class, Twin.class)), List.of()).with(children);
    };
  }

  private Class<?> otherRecord(Class<?> type) {
    if (type == Pair.class || type == Twin.class) {
      return type == Pair.class ? Twin.class : Pair.class;
    }
    return type.getName().equals(SampleTypes.Measure.class.getName())
        ? trees.oneOf(
            List.of(
                SampleTypes.Measure.class,
                SampleTypes.MEASURE_RENAMED,
                SampleTypes.MEASURE_RETYPED))
        : Pair.class;
  }

  /** Two neighbouring parts together have the same content, shared out otherwise. */
  private @Nullable ArgumentTree movedBoundary(ArgumentTree tree) {
    List<ArgumentTree> children = tree.children();
    if (children.size() < 2) {
      return null;
    }
    int i = random.nextInt(children.size() - 1);
    ArgumentTree left = children.get(i);
    ArgumentTree right = children.get(i + 1);
    if (left instanceof Leaf one
        && one.value() instanceof String start
        && right instanceof Leaf two
        && two.value() instanceof String end) {
      List<String> shared = sharedOtherwise(start, end);
      List<ArgumentTree> changed = replaced(children, i, Leaf.text(shared.get(0)));
      return tree.with(replaced(changed, i + 1, Leaf.text(shared.get(1))));
    }
    if (left instanceof Leaf) {
      return null;
    } else if (random.nextBoolean()) {
      return drawnIn(tree, i);
    } else if (left.getClass() != right.getClass()) {
      return null;
    }
    List<ArgumentTree> all = new ArrayList<>(left.children());
    all.addAll(right.children());
    int cut = random.nextInt(all.size() + 1);
    ArgumentTree newLeft = left.with(all.subList(0, cut));
    ArgumentTree newRight = right.with(all.subList(cut, all.size()));
    return newLeft == null || newRight == null
        ? null
        : tree.with(replaced(replaced(children, i, newLeft), i + 1, newRight));
  }

  /** What follows a part has become the end of that part. */
  private static @Nullable ArgumentTree drawnIn(ArgumentTree tree, int part) {
    List<ArgumentTree> children = new ArrayList<>(tree.children());
    ArgumentTree last = children.remove(part + 1);
    List<ArgumentTree> longer = new ArrayList<>(children.get(part).children());
    longer.add(last);
    ArgumentTree changed = children.get(part).with(longer);
    return changed == null ? null : tree.with(replaced(children, part, changed));
  }

  /**
   * Two texts with the same characters, or with the same ones and the tag of a text between them.
   */
  private List<String> sharedOtherwise(String start, String end) {
    String tag = random.nextBoolean() ? "" : Character.toString(KeyTag.STRING);
    String all = start + tag + end;
    int cut = random.nextInt(all.length() + 1);
    return all.startsWith(tag, cut)
        ? List.of(all.substring(0, cut), all.substring(cut + tag.length()))
        : List.of(start, end);
  }

  private @Nullable ArgumentTree otherNesting(ArgumentTree tree) {
    List<ArgumentTree> children = tree.children();
    switch (random.nextInt(4)) {
      case 0 -> {
        return wrapped(tree);
      }
      case 1 -> {
        return children.isEmpty() ? null : trees.oneOf(children);
      }
      case 2 -> {
        if (children.size() < 2) {
          return null;
        }
        int from = random.nextInt(children.size());
        int to = from + random.nextInt(children.size() - from + 1);
        List<ArgumentTree> grouped = new ArrayList<>(children.subList(0, from));
        grouped.add(new ListOf(List.copyOf(children.subList(from, to))));
        grouped.addAll(children.subList(to, children.size()));
        return tree.with(grouped);
      }
      default -> {
        List<ArgumentTree> flat = new ArrayList<>();
        children.forEach(
            child -> flat.addAll(child instanceof Leaf ? List.of(child) : child.children()));
        return tree.with(flat);
      }
    }
  }

  private @Nullable ArgumentTree wrapped(ArgumentTree tree) {
    return switch (random.nextInt(5)) {
      case 0 -> ListOf.of(tree);
      case 1 -> SetOf.of(List.of(tree));
      case 2 -> new ArrayOf(Object.class, List.of(tree));
      case 3 -> new OptionalOf(List.of()).with(List.of(tree));
      default -> new DescribedOf(Parcel.class, List.of(tree));
    };
  }

  private @Nullable ArgumentTree swapped(ArgumentTree tree) {
    List<ArgumentTree> children = new ArrayList<>(tree.children());
    if (children.size() < 2) {
      return null;
    }
    Collections.swap(children, random.nextInt(children.size()), random.nextInt(children.size()));
    return tree.with(children);
  }

  /** Null, empty, absent and the text "null" are four things. */
  private @Nullable ArgumentTree absent(ArgumentTree tree) {
    List<ArgumentTree> nothings =
        List.of(
            Leaf.NULL,
            Leaf.text("null"),
            Leaf.text(""),
            new OptionalOf(List.of()),
            new ListOf(List.of()),
            SetOf.of(List.of()),
            MapOf.of(List.of()),
            new ArrayOf(Object.class, List.of()),
            Leaf.of(KeyTag.OPTIONAL_INT, OptionalInt.empty()),
            Leaf.of(KeyTag.OPTIONAL_LONG, OptionalLong.empty()));
    List<ArgumentTree> children = new ArrayList<>(tree.children());
    if (children.isEmpty() || random.nextInt(3) == 0) {
      return trees.oneOf(nothings);
    }
    int i = random.nextInt(children.size());
    if (random.nextBoolean()) {
      children.remove(i);
    } else {
      children.set(i, Leaf.NULL);
    }
    return tree.with(children);
  }
}
