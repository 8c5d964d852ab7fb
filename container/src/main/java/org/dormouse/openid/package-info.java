/**
 * Login by a provider of OpenID Connect. Only used where an application asks for it: what it needs of libraries need not be there otherwise.
 */
@NullMarked
package org.dormouse.openid;

import org.jspecify.annotations.NullMarked;
