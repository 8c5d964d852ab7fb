/**
 * Which servlet a path means: {@link org.dormouse.servlet.mapping.CanonicalPath} turns what a client sent into the one path that
 * everything else uses, {@link org.dormouse.servlet.mapping.ServletMappings} chooses the servlet. Pure functions over strings; nothing
 * here knows a request, a context or a file.
 */
@NullMarked
package org.dormouse.servlet.mapping;

import org.jspecify.annotations.NullMarked;
