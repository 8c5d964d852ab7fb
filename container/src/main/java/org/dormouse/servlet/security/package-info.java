/**
 * Who may do what (Servlet 6.1 chapter 13): constraints as a pure function from path and method to a requirement, and ways to find out who
 * sends a request. Nothing here knows a request of ours: the dispatcher asks, and acts on the answer.
 */
@NullMarked
package org.dormouse.servlet.security;

import org.jspecify.annotations.NullMarked;
