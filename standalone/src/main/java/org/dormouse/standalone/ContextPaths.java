package org.dormouse.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Decides the context path of each application on the command line; where none is given, its web.xml may name another.
 *
 * @param given those of {@code --context}, in their order
 */
record ContextPaths(List<String> given, List<Path> applications) {
    List<String> resolve(CommandLine command) {
        if (!given.isEmpty() && given.size() != applications.size()) {
            throw new CommandLine.ParameterException(
                    command,
                    given.size() + " times --context for " + applications.size()
                            + " applications; give one for each, or none");
        }
        if (!given.isEmpty()) return given;
        if (applications.size() == 1) return List.of("/");
        List<String> paths = new ArrayList<>();
        for (Path application : applications) paths.add(ofFileName(application));
        return paths;
    }

    /** {@code shop.war} is served at {@code /shop}, {@code ROOT.war} at {@code /}. */
    static String ofFileName(Path application) {
        Path fileName = application.toAbsolutePath().normalize().getFileName();
        String name = fileName == null ? "ROOT" : fileName.toString();
        if (name.toLowerCase(java.util.Locale.ROOT).endsWith(".war")) name = name.substring(0, name.length() - 4);
        return name.equals("ROOT") ? "/" : "/" + name;
    }
}
