/**
 * An expensive job on real input: which classes of the JDK resemble each other most?
 *
 * <p>{@link dev.memo.examples.Similarity} holds the one annotated method; {@link
 * dev.memo.examples.SimilarClasses} calls it for all pairs of classes, in parallel. With {@code
 * --processes N} it starts {@link dev.memo.examples.Workers}, which call it for the same pairs in
 * another order; that they share one directory is all that they have to do with each other.
 */
package dev.memo.examples;
