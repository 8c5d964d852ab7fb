/**
 * Connections: listeners accept them, a {@link org.dormouse.transport.Protocol} speaks over them. Knows bytes, deadlines and who owns
 * input and output; knows nothing of HTTP.
 */
@NullMarked
package org.dormouse.transport;

import org.jspecify.annotations.NullMarked;
