/**
 * The running server: its settings, its listeners, which application answers a request and which thread runs it. The only place that
 * knows protocols and servlets both.
 */
@NullMarked
package org.dormouse.server;

import org.jspecify.annotations.NullMarked;
