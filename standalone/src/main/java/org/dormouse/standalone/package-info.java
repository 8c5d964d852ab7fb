/** The {@code dormouse} command: reads options, starts a server, says what went wrong in one line. */
@NullMarked
package org.dormouse.standalone;

import org.jspecify.annotations.NullMarked;
