/**
 * Open a directory, cache functions in it, see what that saved.
 *
 * <p>Start with {@link dev.memo.Memo}; most programs only use the wrappers that the annotation
 * processor generates. Only this package knows all the others.
 */
@NullMarked
package dev.memo;

import org.jspecify.annotations.NullMarked;
