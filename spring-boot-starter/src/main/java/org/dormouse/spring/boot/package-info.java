/**
 * Dormouse as the servlet container of a Spring Boot application. Translates Boot's settings into {@link org.dormouse.WebApp} and
 * {@link org.dormouse.Dormouse.Builder}; nothing of the container itself lives here.
 */
@NullMarked
package org.dormouse.spring.boot;

import org.jspecify.annotations.NullMarked;
