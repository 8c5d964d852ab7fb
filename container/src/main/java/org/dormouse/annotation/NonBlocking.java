package org.dormouse.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A servlet class that promises not to block: no sleep, no lock held for long, no JDBC, no call over the network that waits. The server
 * then runs it in the event loop itself, execution {@code INLINE}, together with the filters in front of it; its {@code init} may block.
 * Where its body or its response have to wait for the client, it uses {@code ReadListener} and {@code WriteListener}, and what does block
 * goes to {@code AsyncContext.start}, which runs elsewhere.
 *
 * <p>A servlet that blocks nevertheless harms nobody for long: it is reported once, and from then on runs as the other servlets of its
 * application do. Not inherited by subclasses, which promise for themselves. The init parameter {@code org.dormouse.non-blocking} with the
 * value {@code true} or {@code false} says the same without touching the class, and wins. Without effect where annotations are not read
 * ({@code metadata-complete}, Servlet 6.1 §8.1).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface NonBlocking {}
