/**
 * The Servlet 6.1 layer: consumes {@link org.dormouse.http.Exchange}, runs servlets, filters and listeners. {@link
 * org.dormouse.servlet.Deployment} describes an application, {@link org.dormouse.servlet.DormouseContext} is the running one, {@link
 * org.dormouse.servlet.ServletDispatcher} takes one exchange through it. Nothing here knows a protocol, a connection or a socket.
 */
@NullMarked
package org.dormouse.servlet;

import org.jspecify.annotations.NullMarked;
