/**
 * What applications may ask for beyond the standards: {@link org.dormouse.push.Group}s of WebSocket sessions and {@link
 * org.dormouse.push.EventStream}s, how slow peers are treated, and when reading waits. With {@code .annotation} and {@code .filter} what the classes
 * of a WAR can see; it uses nothing of ours: what sends is a {@link org.dormouse.push.Recipient}.
 */
@NullMarked
package org.dormouse.push;

import org.jspecify.annotations.NullMarked;
