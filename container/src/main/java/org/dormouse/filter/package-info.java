/**
 * Filters that servers are expected to have: access log, forwarded clients, request ids, hosts, HTTPS redirect, security headers, CORS, rate
 * limit. Each is an ordinary servlet filter for the request of this container, which applications may declare, WARs included; the server puts
 * the same ones in front of all applications if their keys are set. None of them blocks. docs/filters.md explains them.
 */
@NullMarked
package org.dormouse.filter;

import org.jspecify.annotations.NullMarked;
