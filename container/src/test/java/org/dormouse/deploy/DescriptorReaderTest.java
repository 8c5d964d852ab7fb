package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.dormouse.servlet.ErrorPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorReaderTest {
    @Test
    void everyElementThatThisServerActsOnIsRead() throws DeploymentException {
        Descriptor d = read("""
                <display-name>Name</display-name>
                <distributable/>
                <context-param><param-name>p</param-name><param-value> v </param-value></context-param>
                <filter><filter-name>f</filter-name><filter-class>F</filter-class><async-supported>true</async-supported>
                  <init-param><param-name>a</param-name><param-value/></init-param></filter>
                <filter-mapping><filter-name>f</filter-name><url-pattern>/*</url-pattern><servlet-name>s</servlet-name>
                  <dispatcher>REQUEST</dispatcher><dispatcher>ERROR</dispatcher></filter-mapping>
                <listener><listener-class>L</listener-class></listener>
                <servlet><servlet-name>s</servlet-name><servlet-class>S</servlet-class><load-on-startup/>
                  <enabled>false</enabled><run-as><role-name>r</role-name></run-as>
                  <security-role-ref><role-name>x</role-name><role-link>y</role-link></security-role-ref>
                  <multipart-config><location>/tmp</location><max-file-size>1</max-file-size>
                    <max-request-size>2</max-request-size><file-size-threshold>3</file-size-threshold></multipart-config></servlet>
                <servlet-mapping><servlet-name>s</servlet-name><url-pattern></url-pattern><url-pattern>*.x</url-pattern></servlet-mapping>
                <session-config><session-timeout>5</session-timeout><cookie-config><name>N</name><http-only>true</http-only>
                  <secure>1</secure><max-age>7</max-age><attribute><attribute-name>SameSite</attribute-name>
                  <attribute-value>Lax</attribute-value></attribute></cookie-config><tracking-mode>COOKIE</tracking-mode></session-config>
                <mime-mapping><extension>TXT</extension><mime-type>text/plain</mime-type></mime-mapping>
                <welcome-file-list><welcome-file>w</welcome-file></welcome-file-list>
                <error-page><error-code>404</error-code><location>/404</location></error-page>
                <error-page><exception-type>E</exception-type><location>/e</location></error-page>
                <error-page><location>/any</location></error-page>
                <locale-encoding-mapping-list><locale-encoding-mapping><locale>ja_JP</locale><encoding>Shift_JIS</encoding>
                  </locale-encoding-mapping></locale-encoding-mapping-list>
                <security-constraint><web-resource-collection><web-resource-name>n</web-resource-name>
                  <url-pattern>/a</url-pattern><http-method>GET</http-method></web-resource-collection>
                  <auth-constraint><role-name>*</role-name></auth-constraint>
                  <user-data-constraint><transport-guarantee>INTEGRAL</transport-guarantee></user-data-constraint></security-constraint>
                <login-config><auth-method>BASIC</auth-method><realm-name>R</realm-name></login-config>
                <security-role><role-name>r</role-name></security-role>
                <deny-uncovered-http-methods/>
                <request-character-encoding>UTF-8</request-character-encoding>
                <response-character-encoding>UTF-16</response-character-encoding>
                <post-construct><lifecycle-callback-class>C</lifecycle-callback-class>
                  <lifecycle-callback-method>m</lifecycle-callback-method></post-construct>
                """);
        assertThat(d.displayName).isEqualTo("Name");
        assertThat(d.contextParameters).containsEntry("p", "v");
        assertThat(d.filters.get("f").initParameters).containsEntry("a", "");
        assertThat(d.filterMappings.getFirst().dispatchers())
                .containsExactlyInAnyOrder(DispatcherType.REQUEST, DispatcherType.ERROR);
        assertThat(d.filterMappings.getFirst().servlets()).containsExactly("s");
        assertThat(d.listeners).containsExactly("L");
        var s = d.servlets.get("s");
        assertThat(s.loadOnStartup).isZero();
        assertThat(s.enabled).isFalse();
        assertThat(s.asyncSupported).isNull();
        assertThat(s.runAs).isEqualTo("r");
        assertThat(s.roleLinks).containsEntry("x", "y");
        assertThat(s.multipart.getLocation()).isEqualTo("/tmp");
        assertThat(s.multipart.getFileSizeThreshold()).isEqualTo(3);
        assertThat(d.servletMappings.getFirst().patterns()).containsExactly("", "*.x");
        assertThat(d.sessions.timeoutMinutes).isEqualTo(5);
        assertThat(d.sessions.cookieName).isEqualTo("N");
        assertThat(d.sessions.secure).isTrue();
        assertThat(d.sessions.maxAgeSeconds).isEqualTo(7);
        assertThat(d.sessions.cookieAttributes).containsEntry("SameSite", "Lax");
        assertThat(d.sessions.trackingModes).containsExactly("COOKIE");
        assertThat(d.mimeTypes).containsEntry("txt", "text/plain");
        assertThat(d.welcomeFiles).containsExactly("w");
        assertThat(d.errorPages)
                .containsExactly(
                        ErrorPage.ofStatus(404, "/404"),
                        ErrorPage.ofException("E", "/e"),
                        ErrorPage.ofEverythingElse("/any"));
        assertThat(d.localeEncodings).containsEntry(Locale.JAPAN, "Shift_JIS");
        assertThat(d.constraints.getFirst().roles()).isEqualTo(Set.of("*"));
        assertThat(d.constraints.getFirst().confidential()).isTrue();
        assertThat(d.authMethod).isEqualTo("BASIC");
        assertThat(d.realm).isEqualTo("R");
        assertThat(d.roles).containsExactly("r");
        assertThat(d.denyUncovered).isTrue();
        assertThat(d.requestEncoding).isEqualTo("UTF-8");
        assertThat(d.responseEncoding).isEqualTo("UTF-16");
        assertThat(d.postConstruct).containsExactly(new Descriptor.LifecycleCallback("C", "m"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://java.sun.com/xml/ns/j2ee,2.4",
        "http://java.sun.com/xml/ns/javaee,3.0",
        "http://xmlns.jcp.org/xml/ns/javaee,4.0",
        "https://jakarta.ee/xml/ns/jakartaee,6.1",
        "'',6.1"
    })
    void descriptorsOfAllSchemasAreRead(String namespace, String version) throws DeploymentException {
        Descriptor d = readWhole("<web-app xmlns='" + namespace + "' version='" + version
                + "'><listener><listener-class>L</listener-class></listener></web-app>");
        assertThat(d.listeners).containsExactly("L");
        assertThat(d.majorVersion + "." + d.minorVersion).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE web-app SYSTEM 'http://127.0.0.1:9/x.dtd'><web-app/>",
                "<!DOCTYPE web-app PUBLIC '-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN' 'x' [<!ENTITY a 'b'>]><web-app/>",
                "<!DOCTYPE web-app PUBLIC '-//Somebody//DTD Web Application 2.3//EN' 'x'><web-app/>",
                "<!DOCTYPE web-app PUBLIC '-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN' 'x'><web-app>&a;</web-app>",
                "<!DOCTYPE web-app [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><web-app><display-name>&x;</display-name></web-app>",
                "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><web-app><display-name>&b;</display-name></web-app>",
                "<web-app><display-name>&undeclared;</display-name></web-app>",
                "<web-app xmlns='urn:other'/>",
                "<web-app><x xmlns='urn:other'/></web-app>",
                "<other/>",
                "<web-app>",
                "",
                "not xml"
            })
    void whatIsNoDescriptorIsRefused(String text) {
        assertThatThrownBy(() -> readWhole(text))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("test.xml");
    }

    @Test
    void deepNestingIsRefused() {
        String text = "<web-app>" + "<a>".repeat(100) + "</a>".repeat(100) + "</web-app>";
        assertThatThrownBy(() -> readWhole(text))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("32");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <servlet><servlet-class>S</servlet-class></servlet>                                          | line 2: <servlet>: servlet-name is missing
            <servlet><servlet-name>s</servlet-name><load-on-startup>x</load-on-startup></servlet>        | a number expected, found "x"
            <servlet><servlet-name>s</servlet-name><async-supported>yes</async-supported></servlet>      | true or false expected, found yes
            <session-config><session-timeout>99999999999</session-timeout></session-config>              | does not fit 32 bits
            <servlet-mapping><servlet-name>s</servlet-name></servlet-mapping>                            | url-pattern is missing
            <filter-mapping><filter-name>s</filter-name></filter-mapping>                                | url-pattern or servlet-name is missing
            <filter-mapping><filter-name>s</filter-name><url-pattern>/</url-pattern><dispatcher>X</dispatcher></filter-mapping> | DispatcherType.X
            <welcome-file-list><welcome-file>/x</welcome-file></welcome-file-list>                       | welcome-file /x begins or ends with /
            <login-config><auth-method>KERBEROS</auth-method></login-config>                             | auth-method KERBEROS
            <login-config><auth-method>BASIC</auth-method></login-config><login-config><auth-method>BASIC</auth-method></login-config> | there are two of them
            <login-config><what/></login-config>                                                         | unknown element in <login-config>
            <security-constraint><web-resource-collection><url-pattern>x</url-pattern></web-resource-collection></security-constraint> | URL pattern "x"
            <security-constraint><web-resource-collection><url-pattern>/</url-pattern><http-methods>GET</http-methods></web-resource-collection></security-constraint> | unknown element in <web-resource-collection>
            <security-constraint><web-resource-collection><url-pattern>/</url-pattern></web-resource-collection><user-data-constraint><transport-guarantee>SECRET</transport-guarantee></user-data-constraint></security-constraint> | transport-guarantee SECRET
            <security-constraint><web-resource-collection><url-pattern>/</url-pattern></web-resource-collection><auth-constraint><role>x</role></auth-constraint></security-constraint> | unknown element in <auth-constraint>
            """)
    void mistakesAreNamedWithTheirLine(String content, String reason) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("test.xml line")
                .hasMessageContaining(reason);
    }

    private static Descriptor read(String content) throws DeploymentException {
        return readWhole(
                "<web-app xmlns='https://jakarta.ee/xml/ns/jakartaee' version='6.1'>\n" + content + "</web-app>");
    }

    private static Descriptor readWhole(String text) throws DeploymentException {
        return DescriptorReader.read(
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), "test.xml", false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.2", "2.3"})
    void anOldDescriptorNamesItsDtdWhichNobodyReads(String version) throws Exception {
        var d = readWhole("<?xml version='1.0' encoding='ISO-8859-1'?>\n"
                + "<!DOCTYPE web-app PUBLIC \"-//Sun Microsystems, Inc.//DTD Web Application " + version + "//EN\"\n"
                + "  'http://127.0.0.1:9/dtd/web-app.dtd'>\n"
                + "<web-app><servlet><servlet-name>s</servlet-name><servlet-class>S</servlet-class></servlet>"
                + "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>plain</url-pattern></servlet-mapping>"
                + "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>*.do</url-pattern></servlet-mapping>"
                + "</web-app>");
        assertThat(d.majorVersion + "." + d.minorVersion).isEqualTo(version);
        assertThat(d.servletMappings.stream().flatMap(m -> m.patterns().stream()))
                .containsExactly("/plain", "*.do");
    }
}
