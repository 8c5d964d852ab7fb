/** Embedded Jetty with the workload of the comparison. */
@NullMarked
package org.dormouse.benchmarks.jetty;

import org.jspecify.annotations.NullMarked;
