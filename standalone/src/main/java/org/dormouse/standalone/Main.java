package org.dormouse.standalone;

import picocli.CommandLine;

/** Entry of the {@code dormouse} command. Exit status: 0 done, 1 it could not be done, 2 it was not understood; of a signal, 128 and its number. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        return new CommandLine(new DormouseCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("dormouse: " + Failures.inOneLine(failure));
                    command.getErr().flush();
                    return 1;
                })
                .setParameterExceptionHandler((failure, given) -> {
                    CommandLine command = failure.getCommandLine();
                    command.getErr()
                            .println("dormouse: " + Failures.inOneLine(failure) + ". See "
                                    + command.getCommandSpec().qualifiedName() + " --help");
                    command.getErr().flush();
                    return 2;
                })
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }
}
