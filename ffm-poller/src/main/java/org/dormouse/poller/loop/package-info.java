/**
 * Event loops: a poller each, a mailbox, a timer wheel, and the virtual threads they carry; the sentinel that lets nobody stall one.
 * Knows sockets only as things to watch; what is said over them is its callers' business.
 */
@NullMarked
package org.dormouse.poller.loop;

import org.jspecify.annotations.NullMarked;
