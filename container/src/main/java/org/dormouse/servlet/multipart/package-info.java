/**
 * Bodies of the type multipart/form-data (RFC 7578): {@link org.dormouse.servlet.multipart.MultipartForm} reads one from a stream, in bounded
 * memory. Nothing here knows a request.
 */
@NullMarked
package org.dormouse.servlet.multipart;

import org.jspecify.annotations.NullMarked;
