/** The readiness queue of Linux: sys/epoll.h, sys/eventfd.h, and the backend over them. */
@NullMarked
package org.dormouse.poller.epoll;

import org.jspecify.annotations.NullMarked;
