package com.acme.game;

import dev.memo.CachedMethod;
import dev.memo.call.CachedFunction;
import javax.annotation.processing.Generated;

/** Caches the methods of {@link Game}. */
@Generated("dev.memo.processor.CachedProcessor")
final class GameCached {
  /** Handle of {@link Game#hero(char)}. */
  static final CachedFunction<java.lang.Character, Character, RuntimeException> HERO =
      CachedMethod.in("game.memo", Game.class, "hero", char.class).calls(Game::hero);

  private GameCached() {}

  /** Cached {@link Game#hero(char)}. */
  static Character hero(char initial) {
    return HERO.call(initial);
  }
}
