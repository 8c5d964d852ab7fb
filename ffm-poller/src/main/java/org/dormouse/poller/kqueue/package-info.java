/** The readiness queue of macOS and FreeBSD; on Linux that of libkqueue, for tests. */
@NullMarked
package org.dormouse.poller.kqueue;

import org.jspecify.annotations.NullMarked;
