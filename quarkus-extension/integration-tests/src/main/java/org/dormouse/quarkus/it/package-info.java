/** A Quarkus application with servlets, as a user writes it. */
@NullMarked
package org.dormouse.quarkus.it;

import org.jspecify.annotations.NullMarked;
