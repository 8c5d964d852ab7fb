package org.dormouse.deploy;

import org.jspecify.annotations.Nullable;

/** An application cannot be deployed as it is. The message names the file and the reason, for whoever packed it. */
public final class DeploymentException extends Exception {
    private static final long serialVersionUID = 1;

    public DeploymentException(String message) {
        super(message);
    }

    public DeploymentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
