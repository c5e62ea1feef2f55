/**
 * The processes that share a directory: its files, its lock, its control page, its primary.
 *
 * <p>Read {@link dev.memo.process.OpenDirectory} first, then {@link dev.memo.process.Member}: this
 * process as its calls see it. {@link dev.memo.process.Keeper} finds it a role: {@link
 * dev.memo.process.Leadership}, with the database and a {@link dev.memo.process.Server} for the
 * others, or a {@link dev.memo.process.RemotePrimary}. {@link dev.memo.process.Pulse} gives its
 * signs of life, {@link dev.memo.process.Housekeeping} does what is due from time to time. What is
 * acknowledged is kept; a second owner of one database is never possible, whatever else fails.
 */
@NullMarked
package dev.memo.process;

import org.jspecify.annotations.NullMarked;
