/** Answers for files: conditional requests, ranges, codings, what is kept in memory. Finding them is {@code deploy}'s. */
@NullMarked
package org.dormouse.content;

import org.jspecify.annotations.NullMarked;
