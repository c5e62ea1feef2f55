package com.acme;

import dev.memo.annotation.Cached;
import dev.memo.annotation.KeyIgnored;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

final class Orders {
  interface Ranking extends SortedMap<String, Integer> {}

  record Team(String name, Optional<TreeSet<String>> members) {}

  record Generic<T>(T content) {}

  sealed interface Sum permits Plain, Ordered {}

  record Plain(Set<String> names) implements Sum {}

  record Ordered(SortedSet<String> names) implements Sum {}

  record Receiver(SortedSet<String> names) {
    @Cached("bad.memo")
    int size() {
      return 0;
    }
  }

  @Cached("bad.memo")
  static int linkedMap(LinkedHashMap<String, Integer> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int sortedSet(SortedSet<String> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int both(
      int x,
      LinkedHashSet<String> y,
      NavigableMap<String, Integer> z) {
    return 0;
  }

  @Cached("bad.memo")
  static int raw(@SuppressWarnings("rawtypes") SortedMap x) {
    return 0;
  }

  @Cached("bad.memo")
  static int ofOnesOwn(Ranking x) {
    return 0;
  }

  @Cached("bad.memo")
  static <T extends TreeSet<String>> int variable(T x) {
    return 0;
  }

  @Cached("bad.memo")
  static int array(Ranking... x) {
    return 0;
  }

  @Cached("bad.memo")
  static int typeArgument(Map<String, List<? extends SortedSet<String>>> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int inside(Optional<List<Team>> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int insideGeneric(Generic<Generic<Ranking>> x) {
    return 0;
  }

  @Cached("bad.memo")
  static int oneOfSeveral(Sum x) {
    return 0;
  }

  @Cached("bad.memo")
  static synchronized int secondWarning(Ranking x) {
    return 0;
  }

  @Cached("bad.memo")
  static int refusedAnyway(Ranking x, Thread y) {
    return 0;
  }

  @Cached("bad.memo")
  static int withoutOrder(
      Set<String> x, HashMap<String, Plain> y, EnumMap<TimeUnit, Integer> z, List<Set<String>> w) {
    return 0;
  }

  @Cached("bad.memo")
  static int ignored(int x, @KeyIgnored SortedSet<String> y) {
    return 0;
  }

  @Cached("bad.memo")
  static SortedSet<String> result(int x) {
    return new TreeSet<>();
  }

  @Cached("bad.memo")
  static int suppressed(@SuppressWarnings("memo") Ranking x, Ranking y) {
    return 0;
  }

  @Cached("bad.memo")
  @SuppressWarnings("memo")
  static int suppressedInAll(Ranking x, Ranking y) {
    return 0;
  }

  @SuppressWarnings({"unchecked", "memo"})
  static final class Suppressed {
    @Cached("bad.memo")
    static int inAll(Ranking x) {
      return 0;
    }
  }
}
