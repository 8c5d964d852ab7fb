/** The kernel's readiness queue as the loops see it: what can be asked of it and what it answers. No threads, no connections. */
@NullMarked
package org.dormouse.poller;

import org.jspecify.annotations.NullMarked;
