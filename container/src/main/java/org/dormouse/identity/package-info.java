/**
 * Who callers are: sources of users with their passwords and roles (a file, a database, a directory, or what an application brings), and
 * what stands between them and whoever guesses. Knows nothing of requests. Public for who writes a source of their own: {@link
 * org.dormouse.identity.Users}, {@link org.dormouse.identity.UsersProvider}.
 */
@NullMarked
package org.dormouse.identity;

import org.jspecify.annotations.NullMarked;
