/**
 * The demonstration that {@code dormouse run} serves when no application is named: an ordinary application, written against the Jakarta
 * APIs and the embedding API only. Its page lies beside it as HTML, CSS and JavaScript.
 */
@NullMarked
package org.dormouse.standalone.demo;

import org.jspecify.annotations.NullMarked;
