/** A Spring Boot application as people write them: what it asks of its container is what the tests look at. */
package org.dormouse.compat.boot;
