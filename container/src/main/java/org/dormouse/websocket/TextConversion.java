package org.dormouse.websocket;

import java.lang.invoke.MethodType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Text to Java primitives and their classes, for messages and path parameters (Jakarta WebSocket 2.2 §4.3 and §4.7). */
final class TextConversion {
    private interface Parser {
        Object parse(String text);
    }

    private static final Map<Class<?>, Parser> PARSERS = Map.of(
            Boolean.class, Boolean::valueOf,
            Byte.class, Byte::valueOf,
            Short.class, Short::valueOf,
            Integer.class, Integer::valueOf,
            Long.class, Long::valueOf,
            Float.class, Float::valueOf,
            Double.class, Double::valueOf,
            Character.class, TextConversion::character);

    private TextConversion() {}

    /** Whether {@code type} is a primitive other than void, or the class of one. */
    static boolean isPrimitive(Class<?> type) {
        return PARSERS.containsKey(boxed(type));
    }

    static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    /**
     * @param type String, a primitive or the class of one
     * @throws IllegalArgumentException if {@code text} is none
     */
    static Object parse(Class<?> type, String text) {
        if (type == String.class) return text;
        @Nullable Parser parser = PARSERS.get(boxed(type));
        if (parser == null) throw new IllegalArgumentException(type + " cannot be made from text");
        return parser.parse(text);
    }

    /** The first of the text: {@code Character} has no constructor to go by, and this is what others do. */
    private static Character character(String text) {
        if (text.isEmpty()) throw new IllegalArgumentException("empty text is no char");
        return text.charAt(0);
    }
}
