/**
 * Words for what went wrong.
 *
 * <p>Every message names the action, the value, the limit and the path, and the remedy. This
 * package knows no other.
 */
@NullMarked
package dev.memo.failure;

import org.jspecify.annotations.NullMarked;
