/** Start with {@code GoldenTest}: what goes in, and what comes out. */
@NullMarked
package dev.memo.processor;

import org.jspecify.annotations.NullMarked;
