package org.dormouse.websocket;

import jakarta.websocket.DecodeException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Binds an annotated method, whatever order its parameters have, to a handle of one shape:
 * {@code (Object endpoint, WebSocketSession session, Object subject, boolean last) -> Object}. The subject is the message, the error, the
 * close reason or the configuration, already of the type the method takes. Done once, at deployment.
 */
final class CallbackBinder {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final MethodType SHAPE =
            MethodType.methodType(Object.class, Object.class, WebSocketSession.class, Object.class, boolean.class);
    private static final MethodHandle PATH_PARAMETER = pathParameterHandle();

    private final Method method;
    private @Nullable Class<?> subject;
    private boolean takesLast;

    CallbackBinder(Method method) {
        this.method = method;
    }

    /** The type of the parameter that is neither session nor path parameter nor {@code last}; null if there is none. */
    @Nullable
    Class<?> subject() {
        return subject;
    }

    /** Whether one boolean stands beside the message and says if it is the last part. */
    boolean takesLast() {
        return takesLast;
    }

    /**
     * Sorts the parameters.
     *
     * @param mayBePartial whether a boolean beside another subject means parts
     * @throws DeploymentException if two parameters are for the same, or a path parameter is of a type that it cannot be
     */
    CallbackBinder sort(boolean mayBePartial) throws DeploymentException {
        boolean session = false;
        int others = 0;
        for (Parameter parameter : method.getParameters()) {
            if (isPathParameter(parameter)) {
                Class<?> type = parameter.getType();
                if (type != String.class && !TextConversion.isPrimitive(type))
                    throw bad("@PathParam of " + type.getName());
            } else if (parameter.getType() == Session.class) {
                if (session) throw bad("two sessions");
                session = true;
            } else {
                others++;
            }
        }
        for (Parameter parameter : method.getParameters()) {
            if (isPathParameter(parameter) || parameter.getType() == Session.class) continue;
            if (mayBePartial && others == 2 && !takesLast && parameter.getType() == boolean.class) {
                takesLast = true;
            } else if (subject == null) {
                subject = parameter.getType();
            } else {
                throw bad("parameter of " + parameter.getType().getName() + " beside one of " + subject.getName());
            }
        }
        return this;
    }

    MethodHandle bind() throws DeploymentException {
        MethodHandle plain = open();
        Parameter[] parameters = method.getParameters();
        MethodHandle[] sources = new MethodHandle[parameters.length];
        int[] order = new int[parameters.length + 1];
        boolean lastSeen = false;
        for (int i = 0; i < parameters.length; i++) {
            Class<?> type = parameters[i].getType();
            if (isPathParameter(parameters[i])) {
                String name = parameters[i].getAnnotation(PathParam.class).value();
                sources[i] = MethodHandles.insertArguments(PATH_PARAMETER, 1, name, type)
                        .asType(MethodType.methodType(type, WebSocketSession.class));
                order[i + 1] = 1;
            } else if (type == Session.class) {
                sources[i] = identity(WebSocketSession.class, Session.class);
                order[i + 1] = 1;
            } else if (takesLast && !lastSeen && type == boolean.class) {
                lastSeen = true;
                sources[i] = MethodHandles.identity(boolean.class);
                order[i + 1] = 3;
            } else {
                sources[i] = identity(Object.class, type);
                order[i + 1] = 2;
            }
        }
        MethodHandle fed = MethodHandles.filterArguments(plain, 1, sources);
        MethodType shaped =
                SHAPE.changeParameterType(0, method.getDeclaringClass()).changeReturnType(method.getReturnType());
        return MethodHandles.permuteArguments(fed, shaped, order).asType(SHAPE);
    }

    DeploymentException bad(String what) {
        return wrong(what + " is not allowed here");
    }

    DeploymentException wrong(String why) {
        return new DeploymentException(
                "method " + method.getDeclaringClass().getName() + "." + method.getName() + ": " + why);
    }

    private MethodHandle open() throws DeploymentException {
        try {
            method.setAccessible(true);
            return LOOKUP.unreflect(method).asFixedArity();
        } catch (IllegalAccessException | RuntimeException e) {
            throw new DeploymentException("method " + method + " cannot be called: " + e.getMessage(), e);
        }
    }

    private static boolean isPathParameter(Parameter parameter) {
        return parameter.isAnnotationPresent(PathParam.class);
    }

    private static MethodHandle identity(Class<?> from, Class<?> to) {
        return MethodHandles.identity(Object.class).asType(MethodType.methodType(to, from));
    }

    /**
     * Where the path has no variable of that name, null, or an error for a primitive; but false for {@code Boolean} and {@code boolean}, which is
     * what the constructor of {@code Boolean} makes of null (Jakarta WebSocket 2.2 §4.3).
     */
    @SuppressWarnings("UnusedMethod") // through PATH_PARAMETER
    private static @Nullable Object pathParameter(WebSocketSession session, String name, Class<?> type)
            throws DecodeException {
        String text = session.pathParameter(name);
        if (text == null) {
            if (TextConversion.boxed(type) == Boolean.class) return false;
            if (type.isPrimitive()) throw new DecodeException("", "the path has no variable \"" + name + "\"");
            return null;
        }
        try {
            return TextConversion.parse(type, text);
        } catch (IllegalArgumentException e) {
            throw new DecodeException(text, "path variable \"" + name + "\" is no " + type.getName(), e);
        }
    }

    private static MethodHandle pathParameterHandle() {
        try {
            return LOOKUP.findStatic(
                    CallbackBinder.class,
                    "pathParameter",
                    MethodType.methodType(Object.class, WebSocketSession.class, String.class, Class.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
