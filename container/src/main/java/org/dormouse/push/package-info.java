/**
 * What applications may ask of sessions beyond the standard: how slow peers are treated, and when reading waits. With {@code .annotation} and
 * {@code .filter} what the classes of a WAR can see; it uses nothing of ours.
 */
@NullMarked
package org.dormouse.push;

import org.jspecify.annotations.NullMarked;
