package org.dormouse.servlet.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;
import shop.Basket;

/** What somebody might put into a stored session who can write to the store. */
class AttributeFormTest {
    private static final int MAX_BYTES = 10_000;

    /** Has {@code shop} for itself, as the loader of a WAR has its classes; all others are those of the server's class path. */
    private static final class OfApplication extends ClassLoader {
        OfApplication() {
            super(AttributeFormTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("shop.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> found = findLoadedClass(name);
                return found != null ? found : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static final class Handler implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) {
            return "x";
        }
    }

    private final ClassLoader application = new OfApplication();
    private final AttributeForm form = new AttributeForm(application, MAX_BYTES);

    private static byte[] bytes(Object value) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    @Test
    void classesOfTheApplicationAreThoseOfItsLoader() throws IOException {
        Object basket = form.read(bytes(new Basket("apple")));
        assertThat(basket.getClass().getName()).isEqualTo(Basket.class.getName());
        assertThat(basket.getClass().getClassLoader()).isSameAs(application);
    }

    @Test
    void classesOfTheServersLibrariesAreRefusedWhereverTheyStand() throws IOException {
        Marker marker = MarkerFactory.getDetachedMarker("of a library of the server");
        assertThat(marker).isInstanceOf(Serializable.class);
        for (Object gadget : List.of(
                marker,
                new ArrayList<>(List.of(marker)),
                new HashMap<>(Map.of("a", List.of(marker))),
                new Object[] {new Object[] {marker}},
                List.of(1, marker))) {
            byte[] bytes = bytes(gadget);
            assertThatThrownBy(() -> form.read(bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(marker.getClass().getName());
        }
    }

    @Test
    void whatRunsCodeOfTheJdkWhileItIsReadOrUsedIsRefused() throws Exception {
        Supplier<String> lambda = (Supplier<String> & Serializable) () -> "x";
        var proxy = (Runnable) Proxy.newProxyInstance(
                AttributeFormTest.class.getClassLoader(), new Class<?>[] {Runnable.class}, new Handler());
        for (Object value : List.of(
                URI.create("http://localhost/").toURL(),
                lambda,
                proxy,
                new PriorityQueue<>(List.of(1)),
                new IllegalStateException("x"),
                new File("x"),
                Runtime.class)) {
            byte[] bytes = bytes(value);
            assertThatThrownBy(() -> form.read(bytes))
                    .as("%s", value.getClass())
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void bombsAreRefusedBeforeTheyAreBuilt() throws IOException {
        Object deep = new ArrayList<>();
        for (int i = 0; i < 200; i++) deep = new ArrayList<>(List.of(deep));
        byte[] nested = bytes(deep);
        assertThatThrownBy(() -> form.read(nested)).isInstanceOf(IOException.class);

        byte[] announced = bytes(new long[] {0});
        int length = announced.length - Long.BYTES - Integer.BYTES;
        Arrays.fill(announced, length, length + Integer.BYTES, (byte) 0x7F); // an array of two thousand million
        assertThatThrownBy(() -> form.read(announced)).isInstanceOf(IOException.class);

        byte[] large = bytes(new byte[2 * MAX_BYTES]);
        assertThatThrownBy(() -> form.read(large)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> form.write(new byte[2 * MAX_BYTES]))
                .hasMessageContaining("session.max-stored-session-bytes");
    }

    @Test
    void anOrderOfTheJdkIsReadWithItsMap() throws IOException {
        var map = new TreeMap<String, Integer>(String.CASE_INSENSITIVE_ORDER.reversed());
        map.put("b", 1);
        map.put("A", 2);
        assertThat(form.read(bytes(map))).isEqualTo(map);
        assertThat(form.read(bytes(new TreeMap<>(Map.of("x", List.of(1)))))).isEqualTo(Map.of("x", List.of(1)));
    }
}
