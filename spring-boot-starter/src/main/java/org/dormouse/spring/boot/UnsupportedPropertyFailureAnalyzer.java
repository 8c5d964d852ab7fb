package org.dormouse.spring.boot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Makes Boot say in a few lines, instead of a stack trace, which property cannot be had and what to do about it. */
final class UnsupportedPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedPropertyException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, UnsupportedPropertyException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }
}
