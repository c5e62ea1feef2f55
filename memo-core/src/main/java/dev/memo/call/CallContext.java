package dev.memo.call;

import dev.memo.claims.Primary;
import dev.memo.claims.Waits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * What the functions of one directory share.
 *
 * @param computesWhenClosed whether calls compute after the directory was closed, instead of
 *     throwing
 * @param clock for creation times
 * @param minMaxWait lower bound of the time that a call waits for another's computation
 */
public record CallContext(
    Primary primary,
    HeapTier heap,
    Waits waits,
    BooleanSupplier computesWhenClosed,
    InstantSource clock,
    Duration minMaxWait) {}
