package org.dormouse.jsp;

import org.apache.juli.logging.Log;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Jasper logs, for SLF4J. Found by Jasper itself, through {@code META-INF/services}. */
public final class JasperLog implements Log {
    /** Misses the schemas of another server, which it would need to validate tag libraries; nobody asks it to. */
    private static final String SCHEMAS = "org.apache.tomcat.util.descriptor.DigesterFactory";

    private final Logger logger;

    /** For the service loader, which makes one and throws it away. */
    public JasperLog() {
        this(JasperLog.class.getName());
    }

    public JasperLog(String name) {
        this.logger = LoggerFactory.getLogger(name);
    }

    @Override
    public boolean isTraceEnabled() {
        return logger.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return logger.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return logger.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        return logger.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return logger.isErrorEnabled();
    }

    @Override
    public boolean isFatalEnabled() {
        return logger.isErrorEnabled();
    }

    @Override
    public void trace(@Nullable Object message) {
        logger.trace(String.valueOf(message));
    }

    @Override
    public void trace(@Nullable Object message, @Nullable Throwable failure) {
        logger.trace(String.valueOf(message), failure);
    }

    @Override
    public void debug(@Nullable Object message) {
        logger.debug(String.valueOf(message));
    }

    @Override
    public void debug(@Nullable Object message, @Nullable Throwable failure) {
        logger.debug(String.valueOf(message), failure);
    }

    @Override
    public void info(@Nullable Object message) {
        logger.info(String.valueOf(message));
    }

    @Override
    public void info(@Nullable Object message, @Nullable Throwable failure) {
        logger.info(String.valueOf(message), failure);
    }

    @Override
    public void warn(@Nullable Object message) {
        if (logger.getName().equals(SCHEMAS)) debug(message);
        else logger.warn(String.valueOf(message));
    }

    @Override
    public void warn(@Nullable Object message, @Nullable Throwable failure) {
        logger.warn(String.valueOf(message), failure);
    }

    @Override
    public void error(@Nullable Object message) {
        logger.error(String.valueOf(message));
    }

    @Override
    public void error(@Nullable Object message, @Nullable Throwable failure) {
        logger.error(String.valueOf(message), failure);
    }

    @Override
    public void fatal(@Nullable Object message) {
        logger.error(String.valueOf(message));
    }

    @Override
    public void fatal(@Nullable Object message, @Nullable Throwable failure) {
        logger.error(String.valueOf(message), failure);
    }
}
