package org.dormouse.arquillian;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;

import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.TargetsContainer;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ArquillianExtension.class)
class DeploymentTest {
    private static final String PROTECTED = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <security-constraint>
                <web-resource-collection>
                  <web-resource-name>all</web-resource-name>
                  <url-pattern>/*</url-pattern>
                </web-resource-collection>
                <auth-constraint><role-name>admin</role-name></auth-constraint>
              </security-constraint>
              <login-config><auth-method>BASIC</auth-method></login-config>
              <security-role><role-name>admin</role-name></security-role>
            </web-app>
            """;

    @ArquillianResource
    Deployer deployer;

    @Deployment(name = "shop", testable = false, order = 1)
    static WebArchive shop() {
        return war("shop.war");
    }

    @Deployment(name = "guarded", testable = false, order = 2)
    static WebArchive guarded() {
        return war("guarded.war").setWebXML(new StringAsset(PROTECTED));
    }

    @Deployment(name = "elsewhere", testable = false, order = 3)
    @TargetsContainer("second")
    static WebArchive elsewhere() {
        return war("elsewhere.war");
    }

    @Deployment(name = "later", testable = false, managed = false)
    static WebArchive later() {
        return war("later.war");
    }

    @Deployment(name = "bad", testable = false, managed = false)
    static WebArchive bad() {
        return war("bad.war").setWebXML(new StringAsset("<web-app><servlet></web-app>"));
    }

    private static WebArchive war(String name) {
        return ShrinkWrap.create(WebArchive.class, name)
                .addClass(GreetingServlet.class)
                .addAsWebResource(new StringAsset("a file"), "file.txt");
    }

    @Test
    void aWarIsServedBelowItsName(@ArquillianResource @OperateOnDeployment("shop") URL url) {
        assertThat(url.getPath()).isEqualTo("/shop/");
        when().get(url + "greeting")
                .then()
                .statusCode(200)
                .header("Server", "first")
                .body(equalTo("hello null from shop.war at /shop in loop"));
        when().get(url + "file.txt").then().statusCode(200).body(equalTo("a file"));
    }

    @Test
    void aServletIsFoundByItsClass(@ArquillianResource(GreetingServlet.class) @OperateOnDeployment("shop") URL url) {
        assertThat(url.getPath()).isEqualTo("/shop/");
    }

    @Test
    void usersOfTheConfigurationMayLogIn(@ArquillianResource @OperateOnDeployment("guarded") URL url) {
        when().get(url + "greeting").then().statusCode(401);
        given().auth()
                .preemptive()
                .basic("dory", "sleepy")
                .get(url + "greeting")
                .then()
                .statusCode(200)
                .body(equalTo("hello dory from guarded.war at /guarded in loop"));
    }

    @Test
    void containersOfOneJvmAreServersOfTheirOwn(@ArquillianResource @OperateOnDeployment("elsewhere") URL url) {
        when().get(url + "greeting")
                .then()
                .statusCode(200)
                .header("Server", "second")
                .body(equalTo("hello null from elsewhere.war at /elsewhere in virtual"));
    }

    @Test
    void applicationsComeAndGoWhileTheServerRuns(@ArquillianResource @OperateOnDeployment("shop") URL url) {
        String later = url.toString().replace("/shop/", "/later/greeting");
        when().get(later).then().statusCode(404);
        deployer.deploy("later");
        when().get(later).then().statusCode(200).body(equalTo("hello null from later.war at /later in loop"));
        deployer.undeploy("later");
        when().get(later).then().statusCode(404);
        when().get(url + "greeting").then().statusCode(200);
    }

    @Test
    void aDescriptorThatCannotBeReadFailsItsDeploymentAlone(@ArquillianResource @OperateOnDeployment("shop") URL url) {
        assertThatThrownBy(() -> deployer.deploy("bad")).hasMessageContainingAll("bad.war", "WEB-INF/web.xml");
        when().get(url + "greeting").then().statusCode(200);
    }
}
