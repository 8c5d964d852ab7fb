/**
 * The public entry: {@link org.dormouse.Dormouse} starts a server, {@link org.dormouse.WebApp} says what it serves and
 * {@link org.dormouse.Execution} where requests run. Uses everything, is used by nothing of ours.
 */
@NullMarked
package org.dormouse;

import org.jspecify.annotations.NullMarked;
