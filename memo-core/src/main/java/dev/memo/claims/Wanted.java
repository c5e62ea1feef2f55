package dev.memo.claims;

/**
 * A claim that is asked for together with others, as {@link Primary#claim} asks for one.
 *
 * @param rejected the sequence of the entry that the caller has read and cannot use; 0 if there was
 *     none
 */
public record Wanted(CallKey key, int variant, long rejected, Chain chain) {}
