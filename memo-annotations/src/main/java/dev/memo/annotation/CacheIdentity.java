package dev.memo.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what identifies an object on which {@link Cached} methods are called: a field, or a method
 * without parameters. Objects that agree in all that is marked share results; those that differ in
 * any of it never do.
 *
 * <p>It is read at every call, and must be a value that could be an argument.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD})
public @interface CacheIdentity {}
