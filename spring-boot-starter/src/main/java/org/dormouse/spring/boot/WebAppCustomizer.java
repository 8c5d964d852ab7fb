package org.dormouse.spring.boot;

import org.dormouse.WebApp;

/** A bean of this type changes the application after Boot's properties were applied to it. */
@FunctionalInterface
public interface WebAppCustomizer {
    void customize(WebApp application);
}
