package org.dormouse.deploy;

import java.nio.file.Path;

/**
 * One jar of an application, with or without a web-fragment.xml. Compared by identity.
 *
 * <p>{@code descriptor} is what its web-fragment.xml says, or an empty one.
 */
final class Fragment {
    private final Path jar;
    private final Descriptor descriptor;

    Fragment(Path jar, Descriptor descriptor) {
        this.jar = jar;
        this.descriptor = descriptor;
    }

    Path jar() {
        return jar;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public String toString() {
        return String.valueOf(jar.getFileName());
    }
}
