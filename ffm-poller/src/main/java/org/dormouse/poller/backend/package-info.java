/** What every kernel's readiness queue can do, in the words of the poller; nothing of one kernel alone. */
@NullMarked
package org.dormouse.poller.backend;

import org.jspecify.annotations.NullMarked;
