package org.dormouse.deploy;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One element of a descriptor with what is in it. Read without DTDs and without anything from outside of the file, which is all the
 * protection a descriptor needs from being more than data.
 */
final class XmlElement {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ELEMENTS = 100_000;
    /** The namespaces of web.xml from 2.4 to 6.1, and none at all. */
    private static final Set<String> NAMESPACES = Set.of(
            "",
            "http://java.sun.com/xml/ns/j2ee",
            "http://java.sun.com/xml/ns/javaee",
            "http://xmlns.jcp.org/xml/ns/javaee",
            "https://jakarta.ee/xml/ns/jakartaee");

    private static final Pattern OLD_DOCTYPE = Pattern.compile(
            "<!DOCTYPE\\s+web-app\\s+PUBLIC\\s+([\"'])-//Sun Microsystems, Inc\\.//DTD Web Application (?<version>2\\.[23])//EN\\1\\s+"
                    + "([\"'])[^\"'<>\\[\\]]*\\3\\s*>");

    private final String name;
    private final int line;
    private final Map<String, String> attributes = new HashMap<>();
    private final List<XmlElement> children = new ArrayList<>();
    private String text = "";

    private XmlElement(String name, int line) {
        this.name = name;
        this.line = line;
    }

    String name() {
        return name;
    }

    /** Counted from 1. */
    int line() {
        return line;
    }

    List<XmlElement> children() {
        return children;
    }

    @Nullable
    String attribute(String attribute) {
        return attributes.get(attribute);
    }

    /** The characters in it, without white space at both ends. */
    String text() {
        return text.strip();
    }

    /** The first child of that name. */
    @Nullable
    XmlElement child(String childName) {
        for (XmlElement child : children) {
            if (child.name.equals(childName)) return child;
        }
        return null;
    }

    /** The text of the first child of that name. */
    @Nullable
    String childText(String childName) {
        XmlElement child = child(childName);
        return child == null ? null : child.text();
    }

    /** The texts of all children of that name. */
    List<String> childTexts(String childName) {
        var texts = new ArrayList<String>();
        for (XmlElement child : children) {
            if (child.name.equals(childName)) texts.add(child.text());
        }
        return texts;
    }

    /** @param file for messages */
    static XmlElement read(InputStream in, String file) throws DeploymentException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("external entity " + systemId + " is not read");
        });
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(in);
            try {
                return read(reader, file);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw new DeploymentException(file + " is not well-formed XML: " + e.getMessage(), e);
        }
    }

    private static XmlElement read(XMLStreamReader reader, String file) throws XMLStreamException, DeploymentException {
        Deque<XmlElement> open = new ArrayDeque<>();
        Deque<StringBuilder> texts = new ArrayDeque<>();
        XmlElement root = null;
        String version = null;
        int elements = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    XmlElement element = start(reader, file);
                    if (++elements > MAX_ELEMENTS)
                        throw new DeploymentException(file + ": more than " + MAX_ELEMENTS + " elements");
                    if (open.size() >= MAX_DEPTH)
                        throw new DeploymentException(file + ": more than " + MAX_DEPTH + " elements deep");
                    if (root == null) root = element;
                    else open.element().children.add(element);
                    open.push(element);
                    texts.push(new StringBuilder());
                }
                case XMLStreamConstants.END_ELEMENT ->
                    open.pop().text = texts.pop().toString();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                    texts.element().append(reader.getText());
                case XMLStreamConstants.DTD -> version = versionOf(reader.getText(), file);
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new DeploymentException(file + ": entity &" + reader.getLocalName() + "; is not accepted");
                default -> {} // comments, processing instructions, the end
            }
        }
        if (root == null) throw new DeploymentException(file + " is empty");
        if (version != null) root.attributes.put("version", version);
        return root;
    }

    /** Of a descriptor of 2.2 or 2.3, which names one of two DTDs. Nobody reads it: it would say nothing that is not known. */
    private static String versionOf(String doctype, String file) throws DeploymentException {
        Matcher known = OLD_DOCTYPE.matcher(doctype);
        if (known.matches()) return known.group("version");
        throw new DeploymentException(
                file + ": a DOCTYPE other than those of versions 2.2 and 2.3 is not accepted, nor is one that"
                        + " declares something itself; descriptors since 2.4 have a schema instead");
    }

    private static XmlElement start(XMLStreamReader reader, String file) throws DeploymentException {
        String namespace = reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
        int line = reader.getLocation().getLineNumber();
        if (!NAMESPACES.contains(namespace)) {
            throw new DeploymentException(file + " line " + line + ": <" + reader.getLocalName()
                    + "> is of the unknown namespace " + namespace);
        }
        var element = new XmlElement(reader.getLocalName(), line);
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            element.attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        return element;
    }
}
