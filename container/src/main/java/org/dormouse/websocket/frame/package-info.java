/**
 * What WebSocket does to the bytes of frames and messages: extensions (RFC 6455 §9.1) and compression (RFC 7692). Pure: knows no connection, no
 * session and no thread.
 */
@NullMarked
package org.dormouse.websocket.frame;

import org.jspecify.annotations.NullMarked;
