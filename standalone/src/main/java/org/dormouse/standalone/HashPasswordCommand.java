package org.dormouse.standalone;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.dormouse.identity.UsersFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the form of a password that a users file should have. It is never an argument: those are seen by every user of the machine. */
@Command(
        name = "hash-password",
        description =
                "Asks for a password, or reads it from its input if that is no terminal, and prints its hashed form for a users file.",
        mixinStandardHelpOptions = true)
final class HashPasswordCommand implements Callable<Integer> {
    /** How it is hashed. */
    enum Algorithm {
        PBKDF2,
        ARGON2ID;

        String hash(String password) {
            return this == PBKDF2 ? UsersFile.hash(password) : UsersFile.hashWithArgon2(password);
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = "pbkdf2",
            description = "pbkdf2 (default) or argon2id, which costs whoever guesses memory too")
    private Algorithm algorithm = Algorithm.PBKDF2;

    @Override
    @SuppressWarnings("SystemConsoleNull") // in JDK 25 it is null again where there is no terminal
    public Integer call() throws IOException {
        Console console = System.console();
        String password = console != null && console.isTerminal() ? ask(console) : readLine();
        if (password == null || password.isEmpty()) throw new IllegalArgumentException("the password is empty");
        spec.commandLine().getOut().println(algorithm.hash(password));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private static @Nullable String ask(Console console) {
        char[] first = console.readPassword("Password: ");
        char[] second = console.readPassword("Once more: ");
        if (first == null || second == null) return null;
        if (!Arrays.equals(first, second)) throw new IllegalArgumentException("the two passwords differ");
        return new String(first);
    }

    private static @Nullable String readLine() throws IOException {
        return new BufferedReader(new InputStreamReader(System.in, inputEncoding())).readLine();
    }

    private static Charset inputEncoding() {
        return Charset.forName(
                System.getProperty("stdin.encoding", Charset.defaultCharset().name()));
    }
}
