/**
 * Who may do what (Servlet 6.1 chapter 13): constraints as a pure function from path and method to a requirement, callers with their
 * roles, passwords, the BASIC scheme. Nothing here knows a servlet request: the dispatcher asks, and acts on the answer.
 */
@NullMarked
package org.dormouse.servlet.security;

import org.jspecify.annotations.NullMarked;
