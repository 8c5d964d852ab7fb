package org.dormouse.naming;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.naming.Binding;
import javax.naming.CompositeName;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.NameClassPair;
import javax.naming.NameParser;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.NotContextException;
import javax.naming.OperationNotSupportedException;
import org.jspecify.annotations.Nullable;

/**
 * A folder of {@link Names}, or all of them, as JNDI shows it: read-only, as the specification demands of {@code java:comp/env}. What is found
 * is what was bound: a {@link javax.naming.Reference} is handed out as it is, and nobody is asked to make anything of it.
 */
final class NamesContext implements Context {
    private static final String SCHEME = "java:";
    private static final NameParser PARSER = CompositeName::new;

    private final Names names;
    /** Empty, or with a slash at its end. */
    private final String folder;

    NamesContext(Names names, String folder) {
        this.names = names;
        this.folder = folder;
    }

    private String path(String name) throws NamingException {
        String path = name.startsWith(SCHEME) ? name.substring(SCHEME.length()) : folder + name;
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private Object find(String name) throws NamingException {
        return name.isEmpty() ? new NamesContext(names, folder) : names.resolve(path(name));
    }

    @Override
    public Object lookup(String name) throws NamingException {
        return find(name);
    }

    @Override
    public Object lookup(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public Object lookupLink(String name) throws NamingException {
        return find(name);
    }

    @Override
    public Object lookupLink(Name name) throws NamingException {
        return find(name.toString());
    }

    @Override
    public NamingEnumeration<NameClassPair> list(String name) throws NamingException {
        var pairs = new ArrayList<NameClassPair>();
        for (Map.Entry<String, Object> entry : content(name).entrySet()) {
            pairs.add(new NameClassPair(
                    entry.getKey(), entry.getValue().getClass().getName()));
        }
        return new Listing<>(pairs);
    }

    @Override
    public NamingEnumeration<NameClassPair> list(Name name) throws NamingException {
        return list(name.toString());
    }

    @Override
    public NamingEnumeration<Binding> listBindings(String name) throws NamingException {
        var bindings = new ArrayList<Binding>();
        content(name).forEach((key, value) -> bindings.add(new Binding(key, value)));
        return new Listing<>(bindings);
    }

    @Override
    public NamingEnumeration<Binding> listBindings(Name name) throws NamingException {
        return listBindings(name.toString());
    }

    private Map<String, Object> content(String name) throws NamingException {
        if (find(name) instanceof NamesContext context) return names.list(context.folder);
        throw new NotContextException(SCHEME + path(name) + " is no folder");
    }

    @Override
    public NameParser getNameParser(String name) {
        return PARSER;
    }

    @Override
    public NameParser getNameParser(Name name) {
        return PARSER;
    }

    @Override
    public String composeName(String name, String prefix) {
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    @Override
    public Name composeName(Name name, Name prefix) throws NamingException {
        return ((Name) prefix.clone()).addAll(name);
    }

    @Override
    public String getNameInNamespace() {
        return SCHEME + (folder.isEmpty() ? "" : folder.substring(0, folder.length() - 1));
    }

    @Override
    public Hashtable<?, ?> getEnvironment() {
        return new Hashtable<>();
    }

    @Override
    public @Nullable Object addToEnvironment(String property, Object value) {
        return null;
    }

    @Override
    public @Nullable Object removeFromEnvironment(String property) {
        return null;
    }

    @Override
    public void close() {}

    private static OperationNotSupportedException readOnly() {
        return new OperationNotSupportedException("java: is read-only for applications");
    }

    @Override
    public void bind(String name, Object value) throws NamingException {
        throw readOnly();
    }

    @Override
    public void bind(Name name, Object value) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rebind(String name, Object value) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rebind(Name name, Object value) throws NamingException {
        throw readOnly();
    }

    @Override
    public void unbind(String name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void unbind(Name name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rename(String before, String after) throws NamingException {
        throw readOnly();
    }

    @Override
    public void rename(Name before, Name after) throws NamingException {
        throw readOnly();
    }

    @Override
    public Context createSubcontext(String name) throws NamingException {
        throw readOnly();
    }

    @Override
    public Context createSubcontext(Name name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void destroySubcontext(String name) throws NamingException {
        throw readOnly();
    }

    @Override
    public void destroySubcontext(Name name) throws NamingException {
        throw readOnly();
    }

    private static final class Listing<T> implements NamingEnumeration<T> {
        private final Enumeration<T> rest;

        Listing(List<T> all) {
            rest = Collections.enumeration(all);
        }

        @Override
        public boolean hasMore() {
            return rest.hasMoreElements();
        }

        @Override
        public T next() {
            return rest.nextElement();
        }

        @Override
        public boolean hasMoreElements() {
            return rest.hasMoreElements();
        }

        @Override
        public T nextElement() {
            return rest.nextElement();
        }

        @Override
        public void close() {}
    }
}
