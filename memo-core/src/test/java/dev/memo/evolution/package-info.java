/**
 * Programs that change while their directory stays; begin with {@link dev.memo.evolution.Change}.
 */
@NullMarked
package dev.memo.evolution;

import org.jspecify.annotations.NullMarked;
