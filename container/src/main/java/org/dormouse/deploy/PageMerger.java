package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.List;
import org.dormouse.jsp.JspConfig;
import org.dormouse.jsp.JspConfig.PropertyGroup;
import org.dormouse.jsp.JspConfig.TagLibrary;
import org.dormouse.jsp.JspEngine;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.PageEngine;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.mapping.UrlPattern;

/** Merges what descriptors say of pages, and says what is a page. Of one deployment. */
final class PageMerger {
    private final Deployment deployment;
    private final String war;
    private final Decisions decisions;
    private final List<TagLibrary> libraries = new ArrayList<>();
    private final List<PropertyGroup> groups = new ArrayList<>();
    private boolean hasConfig;

    PageMerger(Deployment deployment, String war, Decisions decisions) {
        this.deployment = deployment;
        this.war = war;
        this.decisions = decisions;
    }

    void add(Descriptor descriptor, boolean byApplication) throws DeploymentException {
        hasConfig |= descriptor.hasJspConfig;
        groups.addAll(descriptor.propertyGroups);
        for (TagLibrary library : descriptor.tagLibraries) {
            String what = "taglib-location of taglib-uri " + library.uri();
            if (decisions.counts(descriptor, byApplication, what, library.location())) libraries.add(library);
        }
    }

    /** What a property group matches is a page; of the same pattern of a servlet and of a group, that of the group counts (Pages 4.0 §3.3.2). */
    void finish() throws DeploymentException {
        if (!hasConfig) return;
        deployment.jspConfig(new JspConfig(libraries, groups));
        ServletDeclaration pages = deployment.servlet(JspEngine.SERVLET_NAME);
        for (PropertyGroup group : groups) {
            for (String pattern : group.patterns()) {
                check(pattern);
                for (ServletDeclaration other : deployment.servlets())
                    other.patterns().remove(pattern);
                pages.pattern(pattern);
            }
        }
    }

    private void check(String pattern) throws DeploymentException {
        try {
            UrlPattern.of(pattern);
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(war + ": jsp-property-group: " + e.getMessage(), e);
        }
    }

    /** Makes a servlet of its {@code <jsp-file>}. */
    void declare(ServletDeclaration servlet) throws DeploymentException {
        PageEngine engine = deployment.pages();
        if (engine == null) {
            servlet.type(JspNotSupported.class);
            return;
        }
        try {
            engine.declare(servlet);
        } catch (IllegalArgumentException e) {
            throw new DeploymentException(war + ": " + e.getMessage(), e);
        }
    }
}
