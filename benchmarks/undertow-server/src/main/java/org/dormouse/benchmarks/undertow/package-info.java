/** Embedded Undertow with the workload of the comparison. */
@NullMarked
package org.dormouse.benchmarks.undertow;

import org.jspecify.annotations.NullMarked;
