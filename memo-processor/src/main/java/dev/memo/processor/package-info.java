/**
 * Turns classes with {@link dev.memo.annotation.Cached} methods into wrappers.
 *
 * <p>Three steps: <i>check</i> (the {@code ...Check} classes: each refusal a small method with its
 * message), <i>read</i> ({@code WrapperReader}: compiler elements become records), <i>render</i>
 * ({@code WrapperRenderer} and {@code MethodRenderer}: records become text, which {@code Layout}
 * breaks into lines). {@link dev.memo.processor.CachedProcessor} only orders them. Read {@code
 * Shape} first: it says which kinds of wrappers there are.
 *
 * <p>When goals collide: an error is better than a method that is silently not cached; generated
 * code that reads well is better than a short processor. Only {@code javax.lang.model}: no compiler
 * internals, and no class of the user is loaded.
 */
@NullMarked
package dev.memo.processor;

import org.jspecify.annotations.NullMarked;
