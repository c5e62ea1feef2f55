package dev.memo;

/**
 * Is implemented by generated wrappers of interfaces, so that none of them is wrapped again: whose
 * results were kept would then be hidden by the first.
 */
public interface Decorator {}
