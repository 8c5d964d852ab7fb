/**
 * The build of a Quarkus application with servlets: what is declared by annotations and by other extensions becomes a recorded description,
 * and what cannot be served yet fails the build. Nothing here is in the running application.
 */
@NullMarked
package org.dormouse.quarkus.deployment;

import org.jspecify.annotations.NullMarked;
