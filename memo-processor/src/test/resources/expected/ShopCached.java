package com.acme;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Shop}. */
@SuppressWarnings("rawtypes")
@Generated("dev.memo.processor.CachedProcessor")
final class ShopCached {
  /** Handle of {@link Shop#index(Collection)}. */
  static final CachedFunction<
          Collection<Place>,
          Map<String, List<Shop.Pair<Place, Optional<LocalDate>>>>,
          RuntimeException>
      INDEX =
          CachedMethod.in("shop.memo", Shop.class, "index", Collection.class).calls(Shop::index);

  /** Handle of {@link Shop#offers(Map, Shop.Offer)}. */
  static final CachedFunction<OffersArgs, Set<Shop.Offer>, RuntimeException> OFFERS =
      CachedMethod.in("shop.memo", Shop.class, "offers", Map.class, Shop.Offer.class)
          .calls(OffersArgs.class, args -> Shop.offers(args.stock(), args.best()));

  /** Handle of {@link Shop#tree(Map.Entry)}. */
  static final CachedFunction<Map.Entry<String, Shop.Tree[]>, Shop.Tree, RuntimeException> TREE =
      CachedMethod.in("shop.memo", Shop.class, "tree", Map.Entry.class).calls(Shop::tree);

  /** Handle of {@link Shop#discounts(List)}. */
  static final CachedFunction<List<?>, List<? super Shop.Discount>, RuntimeException> DISCOUNTS =
      CachedMethod.in("shop.memo", Shop.class, "discounts", List.class)
          .types(Shop.Discount.class)
          .calls(Shop::discounts);

  /** Handle of {@link Shop#count(List, Class, Shop.Pair[][])}. */
  static final CachedFunction<CountArgs, Integer, RuntimeException> COUNT =
      CachedMethod.in(
              "shop.memo", Shop.class, "count", List.class, Class.class, Shop.Pair[][].class)
          .calls(CountArgs.class, args -> Shop.count(args.things(), args.type(), args.pairs()));

  /** Handle of {@link Shop#theBestOfferForTheCustomerWhoLikesLongNames(String, Shop.Pair, int)}. */
  static final CachedFunction<
          TheBestOfferForTheCustomerWhoLikesLongNamesArgs,
          Optional<Shop.Pair<String, Integer>>,
          RuntimeException>
      THE_BEST_OFFER_FOR_THE_CUSTOMER_WHO_LIKES_LONG_NAMES =
          CachedMethod.in(
                  "shop.memo",
                  Shop.class,
                  "theBestOfferForTheCustomerWhoLikesLongNames",
                  String.class,
                  Shop.Pair.class,
                  int.class)
              .calls(
                  TheBestOfferForTheCustomerWhoLikesLongNamesArgs.class,
                  args ->
                      Shop.theBestOfferForTheCustomerWhoLikesLongNames(
                          args.theNameOfTheCustomer(), args.whatWasBoughtBefore(), args.limit()));

  private ShopCached() {}

  /** Cached {@link Shop#index(Collection)}. */
  static Map<String, List<Shop.Pair<Place, Optional<LocalDate>>>> index(Collection<Place> places) {
    return INDEX.call(places);
  }

  /** Cached {@link Shop#offers(Map, Shop.Offer)}. */
  static Set<Shop.Offer> offers(
      Map<? extends Comparable<?>, ? super Integer> stock, Shop.Offer best) {
    return OFFERS.call(new OffersArgs(stock, best));
  }

  /** Cached {@link Shop#tree(Map.Entry)}. */
  static Shop.Tree tree(Map.Entry<String, Shop.Tree[]> root) {
    return TREE.call(root);
  }

  /** Cached {@link Shop#discounts(List)}. */
  static List<? super Shop.Discount> discounts(List<?> customers) {
    return DISCOUNTS.call(customers);
  }

  /** Cached {@link Shop#count(List, Class, Shop.Pair[][])}. */
  static int count(List things, Class<?> type, Shop.Pair<Number, Object>[][] pairs) {
    return COUNT.call(new CountArgs(things, type, pairs));
  }

  /** Cached {@link Shop#theBestOfferForTheCustomerWhoLikesLongNames(String, Shop.Pair, int)}. */
  static Optional<Shop.Pair<String, Integer>> theBestOfferForTheCustomerWhoLikesLongNames(
      String theNameOfTheCustomer,
      Shop.Pair<String, List<Integer>> whatWasBoughtBefore,
      int limit) {
    return THE_BEST_OFFER_FOR_THE_CUSTOMER_WHO_LIKES_LONG_NAMES.call(
        new TheBestOfferForTheCustomerWhoLikesLongNamesArgs(
            theNameOfTheCustomer, whatWasBoughtBefore, limit));
  }

  /** Arguments of {@link #offers}. */
  record OffersArgs(Map<? extends Comparable<?>, ? super Integer> stock, Shop.Offer best) {}

  /** Arguments of {@link #count}. */
  record CountArgs(List things, Class<?> type, Shop.Pair<Number, Object>[][] pairs) {}

  /** Arguments of {@link #theBestOfferForTheCustomerWhoLikesLongNames}. */
  record TheBestOfferForTheCustomerWhoLikesLongNamesArgs(
      String theNameOfTheCustomer,
      Shop.Pair<String, List<Integer>> whatWasBoughtBefore,
      int limit) {}
}
