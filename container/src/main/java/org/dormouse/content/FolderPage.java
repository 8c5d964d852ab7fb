package org.dormouse.content;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.dormouse.servlet.mapping.CanonicalPath;

/** The list of a folder as a page: folders first, each by name, every name escaped for where it stands. Pure. */
final class FolderPage {
    private FolderPage() {}

    /**
     * The page as UTF-8.
     *
     * @param folder canonical, ends with a slash
     * @param paths what is directly below it; folders end with a slash
     * @param most entries; of more it says how many are left out
     */
    static byte[] of(String folder, Collection<String> paths, int most) {
        List<String> names = paths.stream()
                .filter(path -> !CanonicalPath.isPrivate(path))
                .map(path -> path.substring(folder.length()))
                .sorted((a, b) -> isFolder(a) == isFolder(b) ? a.compareTo(b) : isFolder(a) ? -1 : 1)
                .toList();
        String title = escape(folder);
        var page = new StringBuilder("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>")
                .append(title)
                .append("</title></head>\n<body><h1>")
                .append(title)
                .append("</h1>\n<ul>\n");
        if (folder.length() > 1) page.append("<li><a href=\"../\">../</a></li>\n");
        for (String name : names.subList(0, Math.min(most, names.size()))) {
            // "./" since a name with a colon would be read as a scheme.
            String link = "./" + CanonicalPath.encode("/" + name).substring(1);
            page.append("<li><a href=\"")
                    .append(escape(link))
                    .append("\">")
                    .append(escape(name))
                    .append("</a></li>\n");
        }
        page.append("</ul>\n");
        if (names.size() > most)
            page.append("<p>and ").append(names.size() - most).append(" more</p>\n");
        return page.append("</body></html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isFolder(String name) {
        return name.endsWith("/");
    }

    private static String escape(String text) {
        var escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
