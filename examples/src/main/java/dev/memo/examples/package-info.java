/**
 * An expensive job on real input: which classes of the JDK resemble each other most?
 *
 * <p>{@link dev.memo.examples.Similarity} holds the one annotated method; {@link
 * dev.memo.examples.SimilarClasses} calls it for all pairs of classes, in parallel.
 */
package dev.memo.examples;
