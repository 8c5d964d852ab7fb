/** The C library through java.lang.foreign: links, error numbers, layouts. Decides nothing and knows nothing of ours. */
@NullMarked
package org.dormouse.poller.libc;

import org.jspecify.annotations.NullMarked;
