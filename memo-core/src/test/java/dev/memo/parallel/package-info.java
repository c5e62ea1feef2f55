@NullMarked
package dev.memo.parallel;

import org.jspecify.annotations.NullMarked;
