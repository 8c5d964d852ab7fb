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
        factory.setUseForwardHeaders(usesForwardedHeaders());
        if (warnsOfOthers) warnOfPropertiesOfOtherServers();
    }

    private void warnOfPropertiesOfOtherServers() {
        String complaint = PropertiesOfOtherServers.complaint(environment);
        if (complaint != null) LOG.warn("{}", complaint);
    }

    /** As Boot does for the other containers: those who ask for it, and who run on a platform whose proxy sends the fields. */
    private boolean usesForwardedHeaders() {
        ForwardHeadersStrategy strategy = server.getForwardHeadersStrategy();
        if (strategy != null) return strategy == ForwardHeadersStrategy.NATIVE;
        CloudPlatform platform = CloudPlatform.getActive(environment);
        return platform != null && platform.isUsingForwardHeaders();
    }
}
