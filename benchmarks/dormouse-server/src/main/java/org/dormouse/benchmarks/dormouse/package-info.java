/** Embedded Dormouse with the workload of the comparison. */
@NullMarked
package org.dormouse.benchmarks.dormouse;

import org.jspecify.annotations.NullMarked;
