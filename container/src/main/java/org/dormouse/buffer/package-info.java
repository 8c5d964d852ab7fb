/** Byte buffers with one owner at a time, and the pool they come from. Uses {@code java.base} only. */
@NullMarked
package org.dormouse.buffer;

import org.jspecify.annotations.NullMarked;
