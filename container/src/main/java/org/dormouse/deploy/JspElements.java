package org.dormouse.deploy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.dormouse.jsp.JspConfig.PropertyGroup;
import org.dormouse.jsp.JspConfig.TagLibrary;

/** Reads jsp-config (Servlet 6.1 §14.4), and the taglib that stood beside it before 2.4. */
final class JspElements {
    private static final Set<String> FLAGS = Set.of(
            "el-ignored",
            "error-on-el-not-found",
            "scripting-invalid",
            "is-xml",
            "deferred-syntax-allowed-as-literal",
            "trim-directive-whitespaces",
            "error-on-undeclared-namespace");

    private final Descriptor descriptor;
    private final ElementRules rules;

    JspElements(Descriptor descriptor, ElementRules rules) {
        this.descriptor = descriptor;
        this.rules = rules;
    }

    void readConfig(XmlElement e) throws DeploymentException {
        descriptor.hasJspConfig = true;
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "taglib" -> readTagLibrary(child);
                case "jsp-property-group" -> readGroup(child);
                default -> throw new DeploymentException(rules.at(child) + "unknown element in a jsp-config");
            }
        }
    }

    void readTagLibrary(XmlElement e) throws DeploymentException {
        descriptor.hasJspConfig = true;
        rules.allowOnly(e, "description", "taglib-uri", "taglib-location");
        descriptor.tagLibraries.add(
                new TagLibrary(rules.required(e, "taglib-uri"), rules.required(e, "taglib-location")));
    }

    private void readGroup(XmlElement e) throws DeploymentException {
        Map<String, String> values = new LinkedHashMap<>();
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "url-pattern", "include-prelude", "include-coda" -> {}
                case "description", "display-name", "icon" -> {}
                case "page-encoding", "default-content-type", "buffer" -> values.put(child.name(), child.text());
                default -> {
                    if (!FLAGS.contains(child.name())) {
                        throw new DeploymentException(rules.at(child) + "unknown element in a jsp-property-group");
                    }
                    rules.bool(child);
                    values.put(child.name(), child.text());
                }
            }
        }
        descriptor.propertyGroups.add(new PropertyGroup(
                rules.patterns(e), values, e.childTexts("include-prelude"), e.childTexts("include-coda")));
    }
}
