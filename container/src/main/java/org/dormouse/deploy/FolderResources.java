package org.dormouse.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.servlet.Resources;
import org.jspecify.annotations.Nullable;

/** The files of several folders, of which some may lie in jars: the first that has a file gives it. Safe for many threads. */
public final class FolderResources implements Resources {
    private final List<WebAppResources> folders = new ArrayList<>();

    /**
     * @param folders in any file system; each must be there, and its file system stay open as long as this is used
     * @throws IOException for one that is not there; the message names it
     */
    public FolderResources(List<Path> folders) throws IOException {
        this(folders, false);
    }

    /** @param followsLinks whether links in the folders lead to what they name, be it outside of the folder */
    public FolderResources(List<Path> folders, boolean followsLinks) throws IOException {
        for (Path folder : folders) this.folders.add(new WebAppResources(folder, List.of(), followsLinks));
    }

    @Override
    public @Nullable Resource find(String path) {
        for (WebAppResources folder : folders) {
            Resource found = folder.find(path);
            if (found != null) return found;
        }
        return null;
    }

    @Override
    public Set<String> list(String path) {
        Set<String> names = new LinkedHashSet<>();
        for (WebAppResources folder : folders) names.addAll(folder.list(path));
        return names;
    }
}
