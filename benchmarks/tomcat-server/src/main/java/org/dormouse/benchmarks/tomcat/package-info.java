/** Embedded Tomcat with the workload of the comparison. */
@NullMarked
package org.dormouse.benchmarks.tomcat;

import org.jspecify.annotations.NullMarked;
