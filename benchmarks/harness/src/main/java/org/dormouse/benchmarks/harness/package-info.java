/**
 * Starts whole servers one after another, loads them, and writes what it measured. {@link org.dormouse.benchmarks.harness.Compare} is
 * the entry; each measurement is a class of its own.
 */
@NullMarked
package org.dormouse.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
