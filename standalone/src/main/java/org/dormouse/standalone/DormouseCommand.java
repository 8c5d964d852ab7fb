package org.dormouse.standalone;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What {@code dormouse} says when it is not told what to do. */
@Command(
        name = "dormouse",
        description = "A Jakarta Servlet 6.1 and WebSocket 2.2 container.",
        mixinStandardHelpOptions = true,
        versionProvider = DormouseCommand.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {RunCommand.class, HashPasswordCommand.class})
final class DormouseCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Which command? For the demonstration: dormouse run");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = DormouseCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "Dormouse " + (version == null ? "(unpackaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
