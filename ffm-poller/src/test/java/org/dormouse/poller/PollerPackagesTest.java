package org.dormouse.poller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass.Predicates;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The map of this module: who may use whom, and who may touch native code how. */
class PollerPackagesTest {
    private static final JavaClasses CODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.dormouse.poller");

    @Test
    void thereIsCodeToCheck() {
        assertThat(CODE).hasSizeGreaterThan(20);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("org.dormouse.poller.(*)..").should().beFreeOfCycles().check(CODE);
    }

    @Test
    void nothingButJavaIsNeededAtRunTime() {
        // JSpecify's annotations are for the compiler; the JVM runs without their classes.
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.dormouse.poller..", "java..", "jdk.jfr", "org.jspecify.annotations")
                .check(CODE);
    }

    @Test
    void eachPackageUsesOnlyWhatTheMapAllows() {
        mayUse("org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.backend", "org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.epoll", "org.dormouse.poller.backend", "org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.kqueue", "org.dormouse.poller.backend", "org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.socket", "org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.file", "org.dormouse.poller.libc");
        mayUse(
                "org.dormouse.poller.nio",
                "org.dormouse.poller.backend",
                "org.dormouse.poller.libc",
                "org.dormouse.poller.socket");
        mayUse(
                "org.dormouse.poller",
                "org.dormouse.poller.epoll",
                "org.dormouse.poller.kqueue",
                "org.dormouse.poller.nio",
                "org.dormouse.poller.socket",
                "org.dormouse.poller.backend",
                "org.dormouse.poller.libc");
        mayUse("org.dormouse.poller.loop", "org.dormouse.poller", "org.dormouse.poller.socket");
    }

    @Test
    void onlyOneClassLinks() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.dormouse.poller.libc.LibC")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "link a function", call -> call.getName().equals("downcallHandle")))
                .check(CODE);
    }

    @Test
    void noSegmentIsReinterpreted() {
        noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "reinterpret a segment",
                        call -> call.getTargetOwner().isAssignableTo(MemorySegment.class)
                                && call.getName().equals("reinterpret")))
                .check(CODE);
    }

    @Test
    void onlyOneClassKnowsHowThreadsAreCarried() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.dormouse.poller.loop.CarriedThreads")
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "reach into the JDK",
                        call -> call.getName().equals("privateLookupIn")
                                || call.getName().equals("setAccessible")))
                .check(CODE);
    }

    private static void mayUse(String own, String... others) {
        String[] allowed = new String[others.length + 1];
        allowed[0] = own;
        System.arraycopy(others, 0, allowed, 1, others.length);
        noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(Predicates.resideInAPackage("org.dormouse..")
                        .and(DescribedPredicate.not(Predicates.resideInAnyPackage(allowed))))
                .check(CODE);
    }
}
