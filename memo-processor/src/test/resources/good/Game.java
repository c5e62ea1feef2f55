package com.acme.game;

import dev.memo.annotation.Cached;

/** Its package has a class of the name of one of {@code java.lang}. */
final class Game {
  @Cached("game.memo")
  static Character hero(char initial) {
    return new Character("" + initial);
  }
}
