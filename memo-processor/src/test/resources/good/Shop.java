package com.acme;

import dev.memo.annotation.Cached;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Closed generics, wildcards and raw types in parameters, sealed and recursive results. */
final class Shop {
  record Pair<A, B>(A first, B second) {}

  record Tree(String name, List<Tree> children) {}

  sealed interface Offer permits Discount, Gift {}

  record Discount(int percent) implements Offer {}

  enum Gift implements Offer {
    BALLOON
  }

  @Cached("shop.memo")
  static Map<String, List<Pair<Place, Optional<LocalDate>>>> index(Collection<Place> places) {
    return Map.of();
  }

  @Cached("shop.memo")
  static Set<Offer> offers(Map<? extends Comparable<?>, ? super Integer> stock, Offer best) {
    return Set.of(best);
  }

  @Cached("shop.memo")
  static Tree tree(Map.Entry<String, Tree[]> root) {
    return new Tree(root.getKey(), List.of(root.getValue()));
  }

  @Cached(value = "shop.memo", types = Discount.class)
  static List<? super Discount> discounts(List<?> customers) {
    return List.of(new Discount(customers.size()));
  }

  @Cached("shop.memo")
  @SuppressWarnings("rawtypes")
  static int count(List things, Class<?> type, Pair<Number, Object>[][] pairs) {
    return things.size();
  }

  @Cached("shop.memo")
  static Optional<Pair<String, Integer>> theBestOfferForTheCustomerWhoLikesLongNames(
      String theNameOfTheCustomer, Pair<String, List<Integer>> whatWasBoughtBefore, int limit) {
    return Optional.empty();
  }
}
