/** Netty's native epoll with the answer of the comparison. */
@NullMarked
package org.dormouse.benchmarks.netty;

import org.jspecify.annotations.NullMarked;
