/** HTTP sessions in memory: their ids, their life and their expiry. Knows nothing of requests; cookies are the servlet layer's business. */
@NullMarked
package org.dormouse.servlet.session;

import org.jspecify.annotations.NullMarked;
