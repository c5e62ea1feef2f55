/**
 * The processes that share a directory: its files, its lock, its control page, its primary.
 *
 * <p>Read {@link dev.memo.process.OpenDirectory} first. What is acknowledged is kept; a second
 * owner of one database is never possible, whatever else fails.
 */
@NullMarked
package dev.memo.process;

import org.jspecify.annotations.NullMarked;
