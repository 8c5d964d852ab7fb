/** Arquillian tests on Dormouse: a container in the JVM of the tests, to which archives are deployed. */
@NullMarked
package org.dormouse.arquillian;

import org.jspecify.annotations.NullMarked;
