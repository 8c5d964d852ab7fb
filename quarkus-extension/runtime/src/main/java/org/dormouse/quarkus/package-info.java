/**
 * Servlets in a running Quarkus application: what the build found is started here and fed with the requests of Vert.x. It knows Quarkus and
 * Vert.x, and of Dormouse the public entry and package {@code http}.
 */
@NullMarked
package org.dormouse.quarkus;

import org.jspecify.annotations.NullMarked;
