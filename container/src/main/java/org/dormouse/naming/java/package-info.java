/** The class that JNDI looks for by its name when it is asked for {@code java:}; {@code jndi.properties} says where. */
@NullMarked
package org.dormouse.naming.java;

import org.jspecify.annotations.NullMarked;
