package dev.memo.processor;

/**
 * What is wrong inside a type.
 *
 * @param path from the method's declaration to the part, as in {@code place.owner}
 */
record Problem(String path, String why) {}
