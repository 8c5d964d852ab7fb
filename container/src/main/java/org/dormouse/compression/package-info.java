/**
 * Content codings (RFC 9110 §8.4): an {@link org.dormouse.http.Exchange} around another one that codes the response and decodes the request.
 * Nobody on either side knows of it. Brotli and Zstandard are there if their libraries are on the class path.
 */
@NullMarked
package org.dormouse.compression;

import org.jspecify.annotations.NullMarked;
