/**
 * What many processes did to the keys of one directory, and whether that can have happened to
 * registers; begin with {@link dev.memo.history.RegisterChecker}, which says what is promised.
 */
@NullMarked
package dev.memo.history;

import org.jspecify.annotations.NullMarked;
