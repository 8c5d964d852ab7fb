/** The kernel's readiness queue as the loops see it. */
@NullMarked
package org.dormouse.poller;

import org.jspecify.annotations.NullMarked;
