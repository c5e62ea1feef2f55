package dev.memo.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keeps a parameter of a {@link Cached} method, a component of a record among the arguments or the
 * receiver, or a member that is marked with {@link CacheIdentity}, out of everything that can be
 * read: files, log lines, messages and the {@code toString} of generated records. What a method
 * returns is stored as it is, whatever is marked in it.
 *
 * <p>Calls with different secrets are still different calls; the directory keeps a SHA-256 in place
 * of the secret, from which one that can be guessed could be found. An API key, on which no result
 * depends, is {@link KeyIgnored} as well, and leaves no trace at all.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.FIELD, ElementType.METHOD})
public @interface Secret {}
