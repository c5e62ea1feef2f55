package dev.memo.claims;

/**
 * A computation, mostly with the right to be the only one of its call.
 *
 * @param id unique in the directory while it is open; 0 for a computation that has no claim
 * @param start the last sequence that was assigned when the computation began: what was invalidated
 *     later makes its result outdated
 */
public record Claim(long id, long start) {}
