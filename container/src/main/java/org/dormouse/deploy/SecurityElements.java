package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.dormouse.deploy.Descriptor.FormPages;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.dormouse.servlet.security.SecurityDeclaration;

/** Reads security-constraint and login-config (Servlet 6.1 §13.8): what it does not know is refused, since it may be a restriction. */
final class SecurityElements {
    private final Descriptor descriptor;
    private final ElementRules rules;

    SecurityElements(Descriptor descriptor, ElementRules rules) {
        this.descriptor = descriptor;
        this.rules = rules;
    }

    void readConstraint(XmlElement e) throws DeploymentException {
        var collections = new ArrayList<ResourceCollection>();
        Set<String> roles = null;
        boolean confidential = false;
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "web-resource-collection" -> collections.add(collection(child));
                case "auth-constraint" -> {
                    if (roles != null) throw new DeploymentException(rules.at(child) + "there are two of them");
                    rules.allowOnly(child, "description", "role-name");
                    roles = new LinkedHashSet<>(child.childTexts("role-name"));
                    if (roles.contains("")) throw new DeploymentException(rules.at(child) + "role-name is empty");
                }
                case "user-data-constraint" -> confidential |= isConfidential(child);
                case "display-name", "description" -> {}
                default -> throw new DeploymentException(rules.at(child) + "unknown element in a security-constraint");
            }
        }
        descriptor.constraints.add(new SecurityConstraint(collections, roles, confidential));
    }

    private ResourceCollection collection(XmlElement e) throws DeploymentException {
        rules.allowOnly(e, "web-resource-name", "description", "url-pattern", "http-method", "http-method-omission");
        return new ResourceCollection(
                new LinkedHashSet<>(rules.patterns(e)),
                new LinkedHashSet<>(e.childTexts("http-method")),
                new LinkedHashSet<>(e.childTexts("http-method-omission")));
    }

    private boolean isConfidential(XmlElement e) throws DeploymentException {
        rules.allowOnly(e, "description", "transport-guarantee");
        String guarantee = rules.required(e, "transport-guarantee");
        return switch (guarantee) {
            case "NONE" -> false;
            case "INTEGRAL", "CONFIDENTIAL" -> true;
            default -> throw new DeploymentException(rules.at(e) + "transport-guarantee " + guarantee + " is unknown");
        };
    }

    void readLogin(XmlElement e) throws DeploymentException {
        rules.allowOnly(e, "auth-method", "realm-name", "form-login-config");
        if (descriptor.authMethod != null) throw new DeploymentException(rules.at(e) + "there are two of them");
        String method = e.childText("auth-method");
        if (method == null || method.isEmpty()) return;
        if (!SecurityDeclaration.isSupported(method)) {
            throw new DeploymentException(rules.at(e) + "auth-method " + method
                    + " is not supported, only BASIC, DIGEST, FORM, CLIENT-CERT and OPENID are");
        }
        descriptor.authMethod = method;
        descriptor.realm = e.childText("realm-name");
        if (method.equals(SecurityDeclaration.FORM)) descriptor.formPages = formPages(e);
    }

    private FormPages formPages(XmlElement login) throws DeploymentException {
        XmlElement e = login.child("form-login-config");
        if (e == null) throw new DeploymentException(rules.at(login) + "auth-method FORM needs form-login-config");
        rules.allowOnly(e, "form-login-page", "form-error-page");
        return new FormPages(page(e, "form-login-page"), page(e, "form-error-page"));
    }

    private String page(XmlElement e, String name) throws DeploymentException {
        String page = rules.required(e, name);
        if (page.startsWith("/")) return page;
        throw new DeploymentException(rules.at(e) + name + " \"" + page + "\" must begin with /");
    }
}
