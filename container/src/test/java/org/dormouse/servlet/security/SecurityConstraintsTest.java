package org.dormouse.servlet.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.HttpMethodConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.security.AccessRequirement.Access;
import org.dormouse.servlet.security.AccessRequirement.Decision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SecurityConstraintsTest {
    private static final Set<String> ROLES = Set.of("R1", "R2", "R3");

    @Test
    void theExampleOfTheSpecificationYieldsItsTable() {
        var constraints = SecurityConstraints.of(
                List.of(
                        new SecurityConstraint(
                                List.of(new ResourceCollection(
                                        Set.of("/*", "/acme/wholesale/*", "/acme/retail/*"),
                                        Set.of(),
                                        Set.of("GET", "POST"))),
                                Set.of(),
                                false),
                        new SecurityConstraint(methods("/acme/wholesale/*", "GET", "PUT"), Set.of("SALESCLERK"), false),
                        new SecurityConstraint(methods("/acme/wholesale/*", "GET", "POST"), Set.of("CONTRACTOR"), true),
                        new SecurityConstraint(
                                methods("/acme/retail/*", "GET", "POST"), Set.of("CONTRACTOR", "HOMEOWNER"), false)),
                Set.of(),
                false);

        assertThat(constraints.find("/x", "DELETE")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(constraints.find("/x", "GET")).isEqualTo(AccessRequirement.NONE);
        assertThat(constraints.find("/acme/wholesale/x", "PUT")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(constraints.find("/acme/wholesale/x", "GET")).isEqualTo(roles(false, "CONTRACTOR", "SALESCLERK"));
        assertThat(constraints.find("/acme/wholesale", "POST")).isEqualTo(roles(true, "CONTRACTOR"));
        assertThat(constraints.find("/acme/retail/", "TRACE")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(constraints.find("/acme/retail/", "GET")).isEqualTo(roles(false, "CONTRACTOR", "HOMEOWNER"));
        assertThat(constraints.find("/acme/retail/", "POST")).isEqualTo(roles(false, "CONTRACTOR", "HOMEOWNER"));
    }

    @Test
    void onlyTheBestMatchCounts() {
        var constraints =
                combine(false, everything("/*", "R1"), everything("/open/*", (String[]) null), everything("*.do"));
        assertThat(constraints.find("/x", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/open/x", "GET").access()).isEqualTo(Access.EVERYBODY);
        assertThat(constraints.find("/x.do", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/open/x.do", "GET").access()).isEqualTo(Access.EVERYBODY);
    }

    @Test
    void severalCollectionsOfOneConstraintEachBringTheirMethods() {
        var constraint = new SecurityConstraint(
                List.of(
                        new ResourceCollection(Set.of("*.jsp"), Set.of("GET"), Set.of()),
                        new ResourceCollection(Set.of("*.jsp"), Set.of("POST"), Set.of()),
                        new ResourceCollection(Set.of("*.html"), Set.of(), Set.of("HEAD"))),
                Set.of("R1"),
                false);
        var constraints = combine(false, constraint);
        assertThat(constraints.find("/a.jsp", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/a.jsp", "POST")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/a.jsp", "PUT")).isEqualTo(AccessRequirement.NONE);
        assertThat(constraints.find("/a.html", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/a.html", "HEAD")).isEqualTo(AccessRequirement.NONE);
        assertThat(constraints.find("/a.html", "get")).isEqualTo(roles(false, "R1"));
    }

    @Test
    void theContextRootAndTheDefaultPatternAreConstrainedToo() {
        var constraints = combine(false, everything("", "R1"), everything("/", "R2"));
        assertThat(constraints.find("", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(constraints.find("/index.html", "GET")).isEqualTo(roles(false, "R2"));
    }

    @Test
    void starMeansEveryDeclaredRoleAndTwoStarsEveryCaller() {
        var constraints = combine(false, everything("/some/*", "*"), everything("/any/*", "**", "R1"));
        assertThat(constraints.find("/some/x", "GET")).isEqualTo(roles(false, "R1", "R2", "R3"));
        assertThat(constraints.find("/any/x", "GET").access()).isEqualTo(Access.ANY_CALLER);
        var nobodyDeclared = SecurityConstraints.of(List.of(everything("/*", "*")), Set.of(), false);
        AccessRequirement requirement = nobodyDeclared.find("/", "GET");
        assertThat(requirement.decide(true, null)).isEqualTo(Decision.LOGIN_NEEDED);
        assertThat(requirement.decide(true, new Caller("x", Set.of("R1")))).isEqualTo(Decision.FORBIDDEN);
    }

    @Test
    void uncoveredMethodsAreReportedAndDeniedOnRequest() {
        var onlyGet = new SecurityConstraint(methods("/a/*", "GET"), Set.of("R1"), false);
        var allButGet = new SecurityConstraint(
                List.of(new ResourceCollection(Set.of("/b/*"), Set.of(), Set.of("GET"))), Set.of(), false);

        var open = combine(false, onlyGet, allButGet);
        assertThat(open.find("/a/x", "POST")).isEqualTo(AccessRequirement.NONE);
        assertThat(open.find("/b/x", "GET")).isEqualTo(AccessRequirement.NONE);
        assertThat(open.remarks())
                .anySatisfy(text -> assertThat(text).contains("/a/*", "every other", "not constrained"));
        assertThat(open.remarks()).anySatisfy(text -> assertThat(text).contains("/b/*", "GET", "not constrained"));

        var denied = combine(true, onlyGet, allButGet);
        assertThat(denied.find("/a/x", "POST")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(denied.find("/a/x", "GET")).isEqualTo(roles(false, "R1"));
        assertThat(denied.find("/b/x", "GET")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(denied.find("/c", "GET")).isEqualTo(AccessRequirement.NONE);
        assertThat(combine(true, everything("/*", "R1")).remarks()).isEmpty();
    }

    @Test
    void whatLooksLikeAMistakeIsRemarked() {
        var lowerCase = new SecurityConstraint(methods("/a", "get"), Set.of("R1"), false);
        assertThat(combine(false, lowerCase).remarks())
                .anySatisfy(text -> assertThat(text).contains("get is not GET"));
        assertThat(combine(false, everything("/admin*", "R1")).remarks())
                .anySatisfy(text -> assertThat(text).contains("/admin*", "ordinary character"));
    }

    @Test
    void decisionsFollowTheOrderOfTheSpecification() {
        var caller = new Caller("x", Set.of("R1"));
        AccessRequirement confidentialRole = roles(true, "R1");
        assertThat(confidentialRole.decide(false, caller)).isEqualTo(Decision.ENCRYPTION_NEEDED);
        assertThat(confidentialRole.decide(true, null)).isEqualTo(Decision.LOGIN_NEEDED);
        assertThat(confidentialRole.decide(true, caller)).isEqualTo(Decision.GRANTED);
        assertThat(confidentialRole.decide(true, new Caller("y", Set.of("R2")))).isEqualTo(Decision.FORBIDDEN);
        assertThat(AccessRequirement.PRECLUDED.decide(false, caller)).isEqualTo(Decision.FORBIDDEN);
        assertThat(AccessRequirement.NONE.decide(false, null)).isEqualTo(Decision.GRANTED);
    }

    @Test
    void malformedCollectionsAreRefused() {
        assertThatThrownBy(() -> new ResourceCollection(Set.of("admin"), Set.of(), Set.of()))
                .hasMessageContaining("admin");
        assertThatThrownBy(() -> new ResourceCollection(Set.of("/a"), Set.of("GET"), Set.of("PUT")))
                .hasMessageContaining("http-method-omission");
        assertThatThrownBy(() -> new ResourceCollection(Set.of(), Set.of(), Set.of()))
                .hasMessageContaining("url-pattern");
        assertThatThrownBy(() -> new SecurityConstraint(List.of(), null, false))
                .hasMessageContaining("web-resource-collection");
        assertThatThrownBy(() -> new SecurityDeclaration().authMethod("KERBEROS"))
                .hasMessageContaining("KERBEROS");
    }

    @Test
    void rolesOfCallersFollowLinksAndTheTwoSpecialNames() {
        var caller = new Caller("x", Set.of("manager"));
        assertThat(caller.isInRole("FOO", Map.of("FOO", "manager"), ROLES)).isTrue();
        assertThat(caller.isInRole("FOO", Map.of(), ROLES)).isFalse();
        assertThat(caller.isInRole("manager", Map.of(), ROLES)).isTrue();
        assertThat(caller.isInRole("*", Map.of(), ROLES)).isFalse();
        assertThat(caller.isInRole("**", Map.of(), ROLES)).isTrue();
        assertThat(caller.isInRole("**", Map.of(), Set.of("**"))).isFalse();
    }

    @ServletSecurity
    static class Example1 {}

    @ServletSecurity(@HttpConstraint(transportGuarantee = TransportGuarantee.CONFIDENTIAL))
    static class Example2 {}

    @ServletSecurity(@HttpConstraint(EmptyRoleSemantic.DENY))
    static class Example3 {}

    @ServletSecurity(@HttpConstraint(rolesAllowed = "R1"))
    static class Example4 {}

    @ServletSecurity(
            httpMethodConstraints = {
                @HttpMethodConstraint(value = "GET", rolesAllowed = "R1"),
                @HttpMethodConstraint(
                        value = "POST",
                        rolesAllowed = "R1",
                        transportGuarantee = TransportGuarantee.CONFIDENTIAL)
            })
    static class Example5 {}

    @ServletSecurity(value = @HttpConstraint(rolesAllowed = "R1"), httpMethodConstraints = @HttpMethodConstraint("GET"))
    static class Example6 {}

    @ServletSecurity(
            value = @HttpConstraint(rolesAllowed = "R1"),
            httpMethodConstraints = @HttpMethodConstraint(value = "TRACE", emptyRoleSemantic = EmptyRoleSemantic.DENY))
    static class Example7 {}

    @Test
    void theAnnotationExamplesOfTheSpecificationMeanWhatItSays() {
        assertThat(annotated(Example1.class, "GET")).isEqualTo(AccessRequirement.NONE);
        assertThat(annotated(Example2.class, "GET")).isEqualTo(new AccessRequirement(Access.EVERYBODY, Set.of(), true));
        assertThat(annotated(Example3.class, "GET")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(annotated(Example4.class, "GET")).isEqualTo(roles(false, "R1"));
        assertThat(annotated(Example5.class, "GET")).isEqualTo(roles(false, "R1"));
        assertThat(annotated(Example5.class, "POST")).isEqualTo(roles(true, "R1"));
        assertThat(annotated(Example5.class, "PUT")).isEqualTo(AccessRequirement.NONE);
        assertThat(annotated(Example6.class, "GET").access()).isEqualTo(Access.EVERYBODY);
        assertThat(annotated(Example6.class, "PUT")).isEqualTo(roles(false, "R1"));
        assertThat(annotated(Example7.class, "TRACE")).isEqualTo(AccessRequirement.PRECLUDED);
        assertThat(annotated(Example7.class, "GET")).isEqualTo(roles(false, "R1"));
    }

    private static AccessRequirement annotated(Class<?> type, String method) {
        var element = new ServletSecurityElement(type.getAnnotation(ServletSecurity.class));
        return SecurityConstraints.of(SecurityConstraint.of(element, List.of("/x/*", "/y")), ROLES, false)
                .find("/x/1", method);
    }

    private static SecurityConstraints combine(boolean deny, SecurityConstraint... constraints) {
        return SecurityConstraints.of(List.of(constraints), ROLES, deny);
    }

    private static SecurityConstraint everything(String pattern, String @Nullable ... roles) {
        return new SecurityConstraint(
                List.of(ResourceCollection.of(pattern)), roles == null ? null : Set.of(roles), false);
    }

    private static List<ResourceCollection> methods(String pattern, String... methods) {
        return List.of(new ResourceCollection(Set.of(pattern), Set.of(methods), Set.of()));
    }

    private static AccessRequirement roles(boolean confidential, String... roles) {
        return new AccessRequirement(Access.ROLES, Set.of(roles), confidential);
    }
}
