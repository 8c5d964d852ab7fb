package org.dormouse.standalone.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Set;
import org.dormouse.servlet.Resources;
import org.jspecify.annotations.Nullable;

/** The JSP page of the demonstration, from beside this class. */
final class DemoPages implements Resources {
    private static final String PAGE = "/request.jsp";

    @Override
    public @Nullable Resource find(String path) {
        if (!path.equals(PAGE)) return null;
        URL url = DemoPages.class.getResource(PAGE.substring(1));
        return url == null ? null : new Page(url);
    }

    @Override
    public Set<String> list(String path) {
        return path.equals("/") ? Set.of(PAGE) : Set.of();
    }

    private record Page(URL url) implements Resource {
        @Override
        public boolean isDirectory() {
            return false;
        }

        @Override
        public long length() {
            try (InputStream in = open()) {
                return in.readAllBytes().length;
            } catch (IOException e) {
                return 0;
            }
        }

        @Override
        public long lastModified() {
            return 0;
        }

        @Override
        public InputStream open() throws IOException {
            return url.openStream();
        }
    }
}
