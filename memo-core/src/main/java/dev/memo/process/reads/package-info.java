/**
 * Reads of a process that does not lead, without asking the primary.
 *
 * <p>Read {@link dev.memo.process.reads.LocalReads} first. What is returned is what the primary
 * would return; whatever is in doubt is not returned, and the primary is asked, or the function is
 * called. {@link dev.memo.process.reads.Snapshot} says why that holds; when the database is looked
 * at again, {@link dev.memo.process.reads.SecondaryReads} if there is a primary that can be asked,
 * {@link dev.memo.process.reads.LatestReads} if not.
 */
@NullMarked
package dev.memo.process.reads;

import org.jspecify.annotations.NullMarked;
