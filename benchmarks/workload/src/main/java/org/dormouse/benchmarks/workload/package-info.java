/** What every servlet container of the comparison runs: the same classes, byte for byte. */
@NullMarked
package org.dormouse.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
