/** What applications may say about their classes. The only package of the server that the classes of a WAR can see; it uses nothing. */
@NullMarked
package org.dormouse.annotation;

import org.jspecify.annotations.NullMarked;
