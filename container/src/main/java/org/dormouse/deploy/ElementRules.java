package org.dormouse.deploy;

import java.util.List;
import java.util.Set;

/** What elements of a descriptor may say, and where one says something else. */
final class ElementRules {
    private final String source;
    private final boolean isOld;

    /**
     * @param source for messages: file, or jar and entry
     * @param isOld whether the descriptor is of version 2.2 or 2.3
     */
    ElementRules(String source, boolean isOld) {
        this.source = source;
        this.isOld = isOld;
    }

    /** Patterns may be empty, which is the context root; there must be one. In old descriptors the leading slash may be missing. */
    List<String> patterns(XmlElement e) throws DeploymentException {
        List<String> patterns = e.childTexts("url-pattern");
        if (patterns.isEmpty()) throw new DeploymentException(at(e) + "url-pattern is missing");
        return isOld ? patterns.stream().map(ElementRules::withSlash).toList() : patterns;
    }

    private static String withSlash(String pattern) {
        return pattern.startsWith("/") || pattern.startsWith("*.") || pattern.isEmpty() ? pattern : "/" + pattern;
    }

    void allowOnly(XmlElement e, String... names) throws DeploymentException {
        Set<String> allowed = Set.of(names);
        for (XmlElement child : e.children()) {
            if (!allowed.contains(child.name())) {
                throw new DeploymentException(at(child) + "unknown element in <" + e.name() + ">");
            }
        }
    }

    String required(XmlElement e, String name) throws DeploymentException {
        String text = e.childText(name);
        if (text == null) throw new DeploymentException(at(e) + name + " is missing");
        if (text.isEmpty() && !name.equals("param-value") && !name.equals("attribute-value")) {
            throw new DeploymentException(at(e) + name + " is empty");
        }
        return text;
    }

    boolean bool(XmlElement e) throws DeploymentException {
        return switch (e.text()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new DeploymentException(at(e) + "true or false expected, found " + e.text());
        };
    }

    int number(XmlElement e) throws DeploymentException {
        long number = longNumber(e);
        if ((int) number != number) throw new DeploymentException(at(e) + number + " does not fit 32 bits");
        return (int) number;
    }

    long longNumber(XmlElement e) throws DeploymentException {
        try {
            return Long.parseLong(e.text());
        } catch (NumberFormatException cause) {
            throw new DeploymentException(at(e) + "a number expected, found \"" + e.text() + "\"", cause);
        }
    }

    String at(XmlElement e) {
        return source + " line " + e.line() + ": <" + e.name() + ">: ";
    }
}
