/** Non-blocking sockets: a listening one, and the streams it accepts. Results are numbers, never exceptions, on the fast path. */
@NullMarked
package org.dormouse.poller.socket;

import org.jspecify.annotations.NullMarked;
