/** Files as descriptors, to be handed to {@link org.dormouse.poller.socket.StreamSocket#sendFile}. Nothing here reads or writes them. */
@NullMarked
package org.dormouse.poller.file;

import org.jspecify.annotations.NullMarked;
