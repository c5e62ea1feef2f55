/**
 * Reads of a process that does not lead, without asking the primary.
 *
 * <p>Read {@link dev.memo.process.reads.LocalReads} first. What is returned is what the primary
 * would return; whatever is in doubt is not returned, and the primary is asked. {@link
 * dev.memo.process.reads.Snapshot} says why that holds, {@link
 * dev.memo.process.reads.SecondaryReads} when the database is looked at again.
 */
@NullMarked
package dev.memo.process.reads;

import org.jspecify.annotations.NullMarked;
