package org.dormouse.deploy;

import java.util.ArrayList;
import java.util.List;
import org.dormouse.deploy.Descriptor.Ordering;
import org.jspecify.annotations.Nullable;

/** Reads ordering and absolute-ordering (Servlet 6.1 §8.2.2). */
final class OrderingElements {
    private final Descriptor descriptor;
    private final ElementRules rules;

    OrderingElements(Descriptor descriptor, ElementRules rules) {
        this.descriptor = descriptor;
        this.rules = rules;
    }

    void read(@Nullable XmlElement ordering) throws DeploymentException {
        if (ordering == null) return;
        for (XmlElement child : ordering.children()) {
            List<String> names = switch (child.name()) {
                case "before" -> descriptor.ordering.before;
                case "after" -> descriptor.ordering.after;
                default -> throw new DeploymentException(rules.at(child) + "unknown element in an ordering");
            };
            readNames(child, names);
        }
    }

    void readAbsolute(@Nullable XmlElement ordering) throws DeploymentException {
        if (ordering == null) return;
        var names = new ArrayList<String>();
        readNames(ordering, names);
        descriptor.absoluteOrdering = names;
    }

    private void readNames(XmlElement e, List<String> names) throws DeploymentException {
        for (XmlElement child : e.children()) {
            switch (child.name()) {
                case "others" -> names.add(Ordering.OTHERS);
                case "name" -> {
                    if (child.text().isEmpty()) throw new DeploymentException(rules.at(child) + "is empty");
                    names.add(child.text());
                }
                default -> throw new DeploymentException(rules.at(child) + "unknown element in an ordering");
            }
        }
    }
}
