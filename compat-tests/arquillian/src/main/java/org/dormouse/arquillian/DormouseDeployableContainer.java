package org.dormouse.arquillian;

import java.util.HashMap;
import java.util.Map;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;
import org.jboss.arquillian.container.spi.client.container.ConfigurationMapper;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.HTTPContext;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.container.spi.client.protocol.metadata.Servlet;
import org.jboss.shrinkwrap.api.Archive;
import org.jspecify.annotations.Nullable;

/**
 * A server in the JVM of the tests, started once, to which WARs are deployed while it runs. Arquillian calls it from one thread; several
 * containers of one JVM are several servers.
 */
public final class DormouseDeployableContainer implements DeployableContainer<DormouseConfiguration> {
    private static final System.Logger LOG = System.getLogger(DormouseDeployableContainer.class.getName());

    private DormouseConfiguration configuration = new DormouseConfiguration();
    private @Nullable Dormouse server;
    /** By the name of the archive. */
    private final Map<String, DeployedWar> deployed = new HashMap<>();

    @Override
    public Class<DormouseConfiguration> getConfigurationClass() {
        return DormouseConfiguration.class;
    }

    @Override
    public ConfigurationMapper<DormouseConfiguration> getConfigurationMapper() {
        return DormouseConfiguration::read;
    }

    @Override
    public void setup(DormouseConfiguration read) {
        configuration = read;
    }

    /** Tests stay where they are; whose run inside a WAR says {@code @OverProtocol("Servlet 5.0")}. */
    @Override
    public ProtocolDescription getDefaultProtocol() {
        return new ProtocolDescription("Local");
    }

    @Override
    public void start() throws LifecycleException {
        try {
            server = configuration.server().start();
        } catch (RuntimeException e) {
            throw new LifecycleException("the server cannot be started: " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() {
        if (server != null) server.close();
        server = null;
        for (DeployedWar each : deployed.values()) each.close();
        deployed.clear();
    }

    @Override
    public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
        Dormouse running = running();
        var war = DeployedWar.export(archive);
        try {
            WebApp application = war.application();
            configuration.addUsers(application, war.folder());
            running.deploy(application);
        } catch (RuntimeException e) {
            if (configuration.leavesOutFailed()) {
                LOG.log(System.Logger.Level.INFO, archive.getName() + " is left out, as it cannot be deployed", e);
                deployed.put(archive.getName(), war.leftOut());
                return describe(running, war);
            }
            war.close();
            throw new DeploymentException(archive.getName() + " cannot be deployed: " + e.getMessage(), e);
        }
        deployed.put(archive.getName(), war);
        return describe(running, war);
    }

    @Override
    public void undeploy(Archive<?> archive) throws DeploymentException {
        DeployedWar war = deployed.remove(archive.getName());
        if (war == null) throw new DeploymentException(archive.getName() + " is not deployed");
        if (!war.isLeftOut()) running().undeploy(war.contextPath());
        war.close();
    }

    private Dormouse running() throws DeploymentException {
        if (server == null) throw new DeploymentException("the container is not started");
        return server;
    }

    /** Where clients reach it, plain HTTP first. Of several, a test chooses by the name of the scheme. */
    private ProtocolMetaData describe(Dormouse running, DeployedWar war) {
        var described = new ProtocolMetaData();
        if (configuration.hasHttp())
            described.addContext(context(war, new HTTPContext("http", configuration.host(), running.port())));
        if (configuration.hasHttps())
            described.addContext(
                    context(war, new HTTPContext("https", configuration.host(), running.httpsPort(), true)));
        return described;
    }

    private static HTTPContext context(DeployedWar war, HTTPContext context) {
        for (String name : war.servletNames()) context.add(new Servlet(name, war.contextPath()));
        return context;
    }
}
