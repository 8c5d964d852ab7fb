package org.dormouse.spring.boot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Applies those properties that Boot leaves to each container. */
final class DormouseFactoryCustomizer implements WebServerFactoryCustomizer<DormouseServletWebServerFactory>, Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(DormouseFactoryCustomizer.class);

    private final ServerProperties server;
    private final DormouseServerProperties dormouse;
    private final Environment environment;
    private final boolean warnsOfOthers;

    /** @param warnsOfOthers whether to look for properties that only another servlet container reads */
    DormouseFactoryCustomizer(
            ServerProperties server,
            DormouseServerProperties dormouse,
            Environment environment,
            boolean warnsOfOthers) {
        this.server = server;
        this.dormouse = dormouse;
        this.environment = environment;
        this.warnsOfOthers = warnsOfOthers;
    }

    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public void customize(DormouseServletWebServerFactory factory) {
        factory.setExecution(dormouse.getExecution());
        factory.setLoops(dormouse.getLoops());
        factory.setMaxHeadBytes(
                Math.toIntExact(server.getMaxHttpRequestHeaderSize().toBytes()));
        checkForwardedHeaders();
        if (warnsOfOthers) warnOfPropertiesOfOtherServers();
    }

    private void warnOfPropertiesOfOtherServers() {
        String complaint = PropertiesOfOtherServers.complaint(environment);
        if (complaint != null) LOG.warn("{}", complaint);
    }

    private void checkForwardedHeaders() {
        ForwardHeadersStrategy strategy = server.getForwardHeadersStrategy();
        if (strategy == ForwardHeadersStrategy.NATIVE) {
            throw new UnsupportedPropertyException(
                    "server.forward-headers-strategy=native",
                    "set server.forward-headers-strategy=framework, with which Spring does it");
        }
        CloudPlatform platform = CloudPlatform.getActive(environment);
        if (strategy == null && platform != null && platform.isUsingForwardHeaders()) {
            LOG.warn(
                    "{} sends X-Forwarded fields, and they are not looked at: set server.forward-headers-strategy=framework,"
                            + " or none to silence this",
                    platform);
        }
    }
}
