/**
 * HTTP sessions: their ids, their life and their expiry, in memory and in a {@link org.dormouse.servlet.session.SessionStore}. Knows nothing of
 * requests; cookies are the servlet layer's business.
 */
@NullMarked
package org.dormouse.servlet.session;

import org.jspecify.annotations.NullMarked;
