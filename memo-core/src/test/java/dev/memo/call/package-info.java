@NullMarked
package dev.memo.call;

import org.jspecify.annotations.NullMarked;
