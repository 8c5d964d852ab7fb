/**
 * What an application finds below {@code java:} (Servlet 6.1 §15.5): its environment entries, resources and data sources, by look-up and by
 * injection. Knows nothing of servlets. Nothing here loads a class because of a name that was looked up, or asks anybody over the network.
 */
@NullMarked
package org.dormouse.naming;

import org.jspecify.annotations.NullMarked;
