package org.dormouse.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What the argument {@code https=PORT:KEYSTORE} asks a server for: HTTPS beside HTTP, with everything else at the server's defaults.
 *
 * @param port to listen on
 * @param keystore PKCS12, with {@link #PASSWORD}
 */
public record Https(int port, String keystore) {
    /** Of every key store of the comparison, which are made for one run. */
    public static final String PASSWORD = "password";

    private static final String ARGUMENT = "https=";

    /** Null if it was not asked for. */
    public static @Nullable Https of(String... arguments) {
        for (String argument : arguments) {
            if (!argument.startsWith(ARGUMENT)) continue;
            int colon = argument.indexOf(':');
            return new Https(
                    Integer.parseInt(argument.substring(ARGUMENT.length(), colon)), argument.substring(colon + 1));
        }
        return null;
    }

    /** As it is written on a command line. */
    public String argument() {
        return ARGUMENT + port + ":" + keystore;
    }

    /** For servers that want it made. */
    public SSLContext context() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(Path.of(keystore).toFile(), PASSWORD.toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
