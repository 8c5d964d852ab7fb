package org.dormouse;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The package map of docs/architecture.md, as a test. */
class PackageMapTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.dormouse");

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("org.dormouse.(*)..").should().beFreeOfCycles().check(CODE);
        slices().matching("org.dormouse.poller.(*)..").should().beFreeOfCycles().check(CODE);
    }

    @Test
    void protocolsKnowNoServlets() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "org.dormouse.http..",
                        "org.dormouse.http1..",
                        "org.dormouse.tls..",
                        "org.dormouse.transport..",
                        "org.dormouse.buffer..",
                        "org.dormouse.poller..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jakarta.servlet..")
                .check(CODE);
    }

    @Test
    void foreignMemoryIsThePollersBusiness() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.dormouse.poller..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(CODE);
    }

    @Test
    void eachPackageUsesOnlyWhatTheMapAllows() {
        mayUse("http");
        mayUse("buffer");
        mayUse("compression", "http");
        mayUse("content", "http", "servlet", "servlet.mapping", "poller.file");
        mayUse("transport", "buffer", "poller", "poller.socket", "poller.loop");
        mayUse("tls", "transport", "buffer", "poller.socket", "poller.loop");
        mayUse("http1", "http", "transport", "buffer", "poller.loop");
        mayUse("websocket", "websocket.frame", "push", "http", "transport", "buffer", "poller.loop", "poller.socket");
        mayUse("websocket.frame", "http");
        mayUse(
                "websocket.client",
                "websocket",
                "websocket.frame",
                "http",
                "tls",
                "transport",
                "buffer",
                "poller.socket",
                "poller.loop");
        mayUse("annotation");
        mayUse("push");
        mayUse("filter", "http", "transport", "servlet", "poller.socket");
        mayUse(
                "servlet",
                "annotation",
                "http",
                "push",
                "identity",
                "servlet.mapping",
                "servlet.session",
                "servlet.multipart",
                "servlet.security");
        mayUse("servlet.mapping", "http");
        mayUse("servlet.session", "http");
        mayUse("servlet.multipart", "http");
        // Constraints are chosen by the rules of servlet mappings (Servlet 6.1 §13.8.3): one implementation, or they
        // drift apart.
        mayUse("servlet.security", "http", "servlet.mapping", "identity");
        mayUse("identity");
        mayUse("openid", "identity", "servlet.security");
        mayUse(
                "deploy",
                "content",
                "http",
                "servlet",
                "servlet.mapping",
                "servlet.session",
                "servlet.multipart",
                "servlet.security",
                "jsp",
                "naming");
        mayUse("jsp", "servlet");
        mayUse("naming");
        mayUse("naming.java", "naming");
    }

    @Test
    void jasperIsKnownInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.dormouse.jsp..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "jakarta.servlet.jsp..",
                        "org.apache.jasper..",
                        "org.apache.el..",
                        "org.apache.tomcat..",
                        "org.apache.juli..")
                .check(CODE);
    }

    @Test
    void thePoolIsKnownInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.dormouse.naming..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.zaxxer..")
                .check(CODE);
    }

    @Test
    void nothingUsesThePublicEntry() {
        noClasses()
                .that()
                .resideInAPackage("org.dormouse.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.dormouse")
                .check(CODE);
    }

    private static void mayUse(String own, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = "org.dormouse." + own;
        for (int i = 0; i < others.length; i++) allowed[i + 1] = "org.dormouse." + others[i];
        noClasses()
                .that()
                .resideInAPackage(allowed[0])
                .should()
                .dependOnClassesThat(com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                                "org.dormouse..")
                        .and(com.tngtech.archunit.base.DescribedPredicate.not(
                                com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(allowed))))
                .check(CODE);
    }
}
