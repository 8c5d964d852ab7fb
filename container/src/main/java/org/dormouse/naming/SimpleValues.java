package org.dormouse.naming;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of environment entries (Servlet 6.1 §15.5, Jakarta EE platform 11 §5.4), and their values out of text. */
public final class SimpleValues {
    private static final Map<Class<?>, Class<?>> BOXED = Map.of(
            boolean.class, Boolean.class,
            byte.class, Byte.class,
            char.class, Character.class,
            short.class, Short.class,
            int.class, Integer.class,
            long.class, Long.class,
            float.class, Float.class,
            double.class, Double.class);

    private SimpleValues() {}

    /** The class of an object of that type. */
    static Class<?> boxed(Class<?> type) {
        return BOXED.getOrDefault(type, type);
    }

    /** Whether an environment entry can have this type. */
    public static boolean isSimple(Class<?> type) {
        return type == String.class || type == Class.class || type.isEnum() || BOXED.containsValue(boxed(type));
    }

    /**
     * Reads a value.
     *
     * @param type simple; null means {@code String}
     * @param loader for the values of enums and classes
     * @throws IllegalArgumentException if the text is no such value
     */
    public static Object read(@Nullable String type, String text, ClassLoader loader) {
        return read(type == null ? String.class : type(type, loader), text, loader);
    }

    /**
     * A class or a primitive type by its name.
     *
     * @throws IllegalArgumentException if it is not there
     */
    public static Class<?> type(String name, ClassLoader loader) {
        for (Class<?> primitive : BOXED.keySet()) if (primitive.getName().equals(name)) return primitive;
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException("there is no type " + name, e);
        }
    }

    /** A value for a property of that type, which is neither an enum nor a class. */
    static Object read(Class<?> type, String text) {
        return read(type, text, ClassLoader.getPlatformClassLoader());
    }

    private static Object read(Class<?> type, String text, ClassLoader loader) {
        Class<?> boxed = boxed(type);
        if (boxed == String.class) return text;
        if (boxed == Class.class) return type(text, loader);
        if (boxed == Boolean.class) return bool(text);
        if (boxed == Character.class) {
            if (text.length() != 1) throw new IllegalArgumentException("\"" + text + "\" is not one character");
            return text.charAt(0);
        }
        if (type.isEnum()) return constant(type, text);
        try {
            return switch (boxed.getSimpleName()) {
                case "Byte" -> Byte.valueOf(text);
                case "Short" -> Short.valueOf(text);
                case "Integer" -> Integer.valueOf(text);
                case "Long" -> Long.valueOf(text);
                case "Float" -> Float.valueOf(text);
                case "Double" -> Double.valueOf(text);
                default -> throw new IllegalArgumentException(type.getName() + " is no type of an environment entry");
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no " + boxed.getSimpleName(), e);
        }
    }

    private static Boolean bool(String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("\"" + text + "\" is neither true nor false");
        };
    }

    private static Object constant(Class<?> type, String name) {
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) return constant;
        }
        throw new IllegalArgumentException(name + " is no " + type.getName());
    }
}
