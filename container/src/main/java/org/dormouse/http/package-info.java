/**
 * One request with its response, whatever brought it here: {@link org.dormouse.http.Exchange} is the seam between the protocols, which
 * make exchanges, and the servlet layer, which consumes them. Nothing here knows a socket or a servlet; it uses {@code java.base} only.
 */
@NullMarked
package org.dormouse.http;

import org.jspecify.annotations.NullMarked;
