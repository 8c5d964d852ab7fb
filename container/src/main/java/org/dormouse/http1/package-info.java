/**
 * HTTP/1.1 (RFC 9110 and 9112) over a {@link org.dormouse.transport.Connection}: parses heads and bodies strictly, frames responses whatever
 * the application does, and makes {@link org.dormouse.http.Exchange}s. Read {@link org.dormouse.http1.Http1Connection} first. Knows no
 * servlets.
 */
@NullMarked
package org.dormouse.http1;

import org.jspecify.annotations.NullMarked;
