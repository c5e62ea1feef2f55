/**
 * The annotations that users of memo write: start with {@link dev.memo.annotation.Cached}.
 *
 * <p>Nothing here has behaviour, and nothing here has a dependency: a class that only carries these
 * annotations runs without memo.
 */
package dev.memo.annotation;
