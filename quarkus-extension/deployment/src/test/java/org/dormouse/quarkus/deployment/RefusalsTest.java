package org.dormouse.quarkus.deployment;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.quarkus.test.QuarkusUnitTest;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RefusalsTest {
    @RegisterExtension
    static final QuarkusUnitTest APPLICATION = new QuarkusUnitTest()
            .withApplicationRoot(archive -> archive.addClasses(GuardedServlet.class)
                    .addAsResource(new org.jboss.shrinkwrap.api.asset.StringAsset("<web-app/>"), "META-INF/web.xml"))
            .assertException(error -> {
                String said = allMessages(error);
                assertTrue(said.contains("@ServletSecurity of " + GuardedServlet.class.getName()), said);
                assertTrue(said.contains("META-INF/web.xml is not read yet"), said);
            });

    @Test
    void whatCannotBeServedYetFailsTheBuildWithEveryReason() {
        fail("the build went through");
    }

    private static String allMessages(Throwable error) {
        var messages = new StringBuilder();
        for (Throwable each = error; each != null; each = each.getCause())
            messages.append(each.getMessage()).append('\n');
        return messages.toString();
    }

    @WebServlet("/guarded")
    @ServletSecurity(@HttpConstraint(rolesAllowed = "admin"))
    public static class GuardedServlet extends HttpServlet {
        private static final long serialVersionUID = 1;
    }
}
