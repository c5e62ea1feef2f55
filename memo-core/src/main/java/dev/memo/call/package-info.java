/**
 * One cached call, from the arguments to the result.
 *
 * <p>Read {@link dev.memo.call.CachedFunction}, then the life of a call in {@code StoredFunction},
 * and what is different for functions that return futures in {@code FutureFunction}. What a caller
 * may be told wins over speed; a caller that could wait for ever computes.
 */
@NullMarked
package dev.memo.call;

import org.jspecify.annotations.NullMarked;
