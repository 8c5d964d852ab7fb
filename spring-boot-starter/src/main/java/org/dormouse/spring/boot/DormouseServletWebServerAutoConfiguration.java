package org.dormouse.spring.boot;

import jakarta.servlet.ServletRequest;
import org.dormouse.Dormouse;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.servlet.ServletWebServerConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Makes Dormouse the servlet container, unless the application brings a factory of its own. Comes before Boot's own containers: whoever
 * adds this starter wants it, also where Tomcat was not excluded.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration",
            "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration"
        })
@ConditionalOnClass({ServletRequest.class, Dormouse.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(DormouseServerProperties.class)
@Import(ServletWebServerConfiguration.class)
public final class DormouseServletWebServerAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(value = ServletWebServerFactory.class, search = SearchStrategy.CURRENT)
    DormouseServletWebServerFactory dormouseServletWebServerFactory(
            ObjectProvider<DormouseBuilderCustomizer> builderCustomizers,
            ObjectProvider<WebAppCustomizer> webAppCustomizers) {
        var factory = new DormouseServletWebServerFactory();
        builderCustomizers.orderedStream().forEach(factory::addBuilderCustomizers);
        webAppCustomizers.orderedStream().forEach(factory::addWebAppCustomizers);
        return factory;
    }

    @Bean
    DormouseFactoryCustomizer dormouseFactoryCustomizer(
            ServerProperties server,
            DormouseServerProperties dormouse,
            Environment environment,
            ApplicationContext context) {
        // The server of a management port has the same properties: once is enough.
        boolean isFirst = !WebServerApplicationContext.hasServerNamespace(context, "management");
        return new DormouseFactoryCustomizer(server, dormouse, environment, isFirst);
    }
}
