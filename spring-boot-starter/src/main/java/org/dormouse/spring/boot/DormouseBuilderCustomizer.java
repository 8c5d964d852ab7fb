package org.dormouse.spring.boot;

import org.dormouse.Dormouse;

/** A bean of this type changes the server after Boot's properties were applied to it. */
@FunctionalInterface
public interface DormouseBuilderCustomizer {
    void customize(Dormouse.Builder builder);
}
