/**
 * Batches of calls, in parallel.
 *
 * <p>Read {@link dev.memo.parallel.Parallel}. A batch always ends; what was finished stays stored.
 */
@NullMarked
package dev.memo.parallel;

import org.jspecify.annotations.NullMarked;
