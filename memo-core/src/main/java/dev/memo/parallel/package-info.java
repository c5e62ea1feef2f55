/**
 * Batches of calls, in parallel.
 *
 * <p>Read {@link dev.memo.parallel.Parallel}, then {@link dev.memo.parallel.BatchBuilder}; what
 * runs them is {@code Batch}. A batch always ends; what was finished stays stored.
 */
@NullMarked
package dev.memo.parallel;

import org.jspecify.annotations.NullMarked;
