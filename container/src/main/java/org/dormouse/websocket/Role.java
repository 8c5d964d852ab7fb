package org.dormouse.websocket;

/** On which side of a connection we are. A client masks what it sends and a server does not (RFC 6455 §5.1). */
enum Role {
    SERVER,
    CLIENT
}
