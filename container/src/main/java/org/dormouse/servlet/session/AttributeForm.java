package org.dormouse.servlet.session;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Attributes of one application's sessions as bytes, by the serialization of the JDK. Any thread. */
final class AttributeForm {
    private final ClassLoader application;
    private final AttributeFilter filter;
    private final int maxBytes;

    /** @param maxBytes of one attribute */
    AttributeForm(ClassLoader application, int maxBytes) {
        this.application = application;
        this.maxBytes = maxBytes;
        this.filter = new AttributeFilter(application, maxBytes);
    }

    /** @throws IOException if it is not serializable, with all it refers to, or too large */
    byte[] write(Object value) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(new Limited(bytes, maxBytes))) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException if the bytes are damaged, or mean a class that may not come out of a store */
    Object read(byte[] bytes) throws IOException {
        var refused = new AtomicReference<@Nullable Class<?>>();
        try (var in = new Input(bytes)) {
            in.setObjectInputFilter(info -> {
                ObjectInputFilter.Status status = filter.checkInput(info);
                if (status == ObjectInputFilter.Status.REJECTED) refused.set(info.serialClass());
                return status;
            });
            Object value = in.readObject();
            if (value == null) throw new IOException("an attribute is null");
            return value;
        } catch (InvalidClassException e) {
            Class<?> type = refused.get();
            throw type == null ? e : new IOException(type.getName() + " may not come out of a store", e);
        } catch (ClassNotFoundException e) {
            throw new IOException("there is no class " + e.getMessage() + " any more", e);
        } catch (RuntimeException | LinkageError e) { // what readObject of a class of the application throws
            throw new IOException("an attribute cannot be read", e);
        }
    }

    private final class Input extends ObjectInputStream {
        Input(byte[] bytes) throws IOException {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(description.getName(), false, application);
            } catch (ClassNotFoundException e) {
                return super.resolveClass(description); // the names of primitive types
            }
        }

        /** An invocation handler is code to be called by whoever touches the value. */
        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
            throw new InvalidClassException("a proxy is no attribute of a stored session");
        }
    }

    private static final class Limited extends OutputStream {
        private final ByteArrayOutputStream to;
        private final int limit;

        Limited(ByteArrayOutputStream to, int limit) {
            this.to = to;
            this.limit = limit;
        }

        @Override
        public void write(int b) throws IOException {
            check(1);
            to.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            check(length);
            to.write(bytes, offset, length);
        }

        private void check(int more) throws IOException {
            if (to.size() > limit - more)
                throw new IOException("more than " + limit + " bytes (session.max-stored-session-bytes)");
        }
    }
}
