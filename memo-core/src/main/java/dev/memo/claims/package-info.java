/**
 * What a call may ask of the process that owns its directory, and who waits for whom.
 *
 * <p>Read {@link dev.memo.claims.Primary} first: it is the contract between calls and processes.
 * Exactly once is the aim; when waiting would never end, computing twice wins.
 */
@NullMarked
package dev.memo.claims;

import org.jspecify.annotations.NullMarked;
