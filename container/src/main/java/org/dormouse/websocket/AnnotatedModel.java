package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import java.io.InputStream;
import java.io.Reader;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls the annotated methods of a class, each by a handle bound once (Jakarta WebSocket 2.2 §4). */
final class AnnotatedModel implements EndpointModel {
    private static final List<Class<? extends Annotation>> CALLBACKS =
            List.of(OnOpen.class, OnMessage.class, OnClose.class, OnError.class);

    private final Class<?> endpointClass;
    private final Codecs codecs;
    private @Nullable MethodHandle onOpen;
    private boolean openTakesConfig;
    private @Nullable MethodHandle onClose;
    private @Nullable MethodHandle onError;
    private @Nullable EndpointModel otherwise;
    private final Map<MessageKind, Receiver> receivers = new EnumMap<>(MessageKind.class);

    private AnnotatedModel(Class<?> endpointClass, Codecs codecs) {
        this.endpointClass = endpointClass;
        this.codecs = codecs;
    }

    /** @throws DeploymentException if an annotated method is not public, has parameters it may not have, or is there twice */
    static AnnotatedModel of(Class<?> endpointClass, Codecs codecs) throws DeploymentException {
        AnnotatedModel model = new AnnotatedModel(endpointClass, codecs);
        model.refuseHiddenMethods();
        for (Method method : endpointClass.getMethods()) {
            if (!isGenericBridge(method)) model.add(method);
        }
        return model;
    }

    /** The same, but what this has no annotated method for is {@code other}'s to hear. */
    EndpointModel otherwise(EndpointModel other) {
        otherwise = other;
        return this;
    }

    @Override
    public void open(WebSocketSession session) throws Throwable {
        if (onOpen == null && otherwise != null) otherwise.open(session);
        if (onOpen != null) call(onOpen, session, openTakesConfig ? session.endpointConfig() : null, true);
    }

    @Override
    public void close(WebSocketSession session, CloseReason reason) throws Throwable {
        if (onClose == null && otherwise != null) otherwise.close(session, reason);
        if (onClose != null) call(onClose, session, reason, true);
    }

    @Override
    public boolean error(WebSocketSession session, Throwable error) throws Throwable {
        if (onError == null) return otherwise != null && otherwise.error(session, error);
        call(onError, session, error, true);
        return true;
    }

    @Override
    public @Nullable Receiver receiver(MessageKind kind) {
        return receivers.get(kind);
    }

    private static @Nullable Object call(
            MethodHandle callback, WebSocketSession session, @Nullable Object subject, boolean last) throws Throwable {
        return (@Nullable Object) callback.invokeExact(session.endpointInstance(), session, subject, last);
    }

    /**
     * Whether the compiler made it beside a method of the class that says the types, whose annotations it carries too. The other kind of
     * bridge makes a public method of a superclass that is not public reachable, and stands for it.
     */
    private static boolean isGenericBridge(Method method) {
        if (!method.isBridge()) return false;
        for (Method other : method.getDeclaringClass().getDeclaredMethods()) {
            if (!other.isBridge()
                    && other.getName().equals(method.getName())
                    && other.getParameterCount() == method.getParameterCount()) return true;
        }
        return false;
    }

    private void refuseHiddenMethods() throws DeploymentException {
        for (Method method : endpointClass.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers())) continue;
            for (Class<? extends Annotation> callback : CALLBACKS) {
                if (method.isAnnotationPresent(callback)) {
                    throw new DeploymentException(
                            "method " + method + " has @" + callback.getSimpleName() + " and is not public");
                }
            }
        }
    }

    private void add(Method method) throws DeploymentException {
        if (method.isAnnotationPresent(OnOpen.class)) {
            onOpen = once(OnOpen.class, onOpen, bind(method, EndpointConfig.class, false));
            openTakesConfig = List.of(method.getParameterTypes()).contains(EndpointConfig.class);
        }
        if (method.isAnnotationPresent(OnClose.class)) {
            onClose = once(OnClose.class, onClose, bind(method, CloseReason.class, false));
        }
        if (method.isAnnotationPresent(OnError.class)) {
            onError = once(OnError.class, onError, bind(method, Throwable.class, true));
        }
        OnMessage onMessage = method.getAnnotation(OnMessage.class);
        if (onMessage != null) addReceiver(method, onMessage.maxMessageSize());
    }

    private MethodHandle bind(Method method, Class<?> subject, boolean required) throws DeploymentException {
        CallbackBinder binder = new CallbackBinder(method).sort(false);
        Class<?> found = binder.subject();
        if (found == null && required) throw binder.wrong("a parameter of " + subject.getName() + " is missing");
        if (found != null && found != subject) throw binder.bad("parameter of " + found.getName());
        return binder.bind();
    }

    private MethodHandle once(Class<?> annotation, @Nullable MethodHandle present, MethodHandle found)
            throws DeploymentException {
        if (present != null) {
            throw new DeploymentException(
                    endpointClass.getName() + " has more than one method with @" + annotation.getSimpleName());
        }
        return found;
    }

    private void addReceiver(Method method, long maxMessageSize) throws DeploymentException {
        if (maxMessageSize > Integer.MAX_VALUE) {
            throw new DeploymentException(
                    "maxMessageSize " + maxMessageSize + " of " + method + " > " + Integer.MAX_VALUE);
        }
        CallbackBinder binder = new CallbackBinder(method).sort(true);
        Class<?> type = binder.subject();
        if (type == null) throw binder.wrong("a parameter for the message is missing");
        Class<?> result = method.getReturnType();
        if (result != void.class && !codecs.mayEncode(result)) {
            throw binder.bad("result of " + result.getName() + ", for which there is no encoder,");
        }
        List<Conversions.Found> found = found(type, binder.takesLast());
        if (found.isEmpty()) throw binder.bad("message of " + type.getName() + ", for which there is no decoder,");
        boolean isLimited =
                maxMessageSize > 0 && !binder.takesLast() && type != Reader.class && type != InputStream.class;
        MethodHandle bound = binder.bind();
        for (Conversions.Found one : found) {
            var receiver = new MethodReceiver(
                    one, binder.takesLast(), isLimited ? maxMessageSize : Receiver.NO_MAXIMUM, bound);
            if (receivers.put(one.kind(), receiver) == null) continue;
            throw new DeploymentException(
                    endpointClass.getName() + " has more than one @OnMessage for messages of kind " + one.kind());
        }
    }

    private List<Conversions.Found> found(Class<?> type, boolean partial) {
        if (!partial) return Conversions.whole(type, codecs);
        Conversions.Found found = Conversions.partial(type);
        return found == null ? List.of() : List.of(found);
    }

    /** Delivers to one {@code @OnMessage} method, and sends what it returns. */
    private static final class MethodReceiver extends Receiver {
        private final Conversion conversion;
        private final MethodHandle method;

        MethodReceiver(Conversions.Found found, boolean partial, long maxMessageSize, MethodHandle method) {
            super(found, partial, maxMessageSize);
            this.conversion = found.conversion();
            this.method = method;
        }

        @Override
        void deliver(WebSocketSession session, Object message, boolean last) throws Throwable {
            Object result = call(method, session, conversion.convert(session, message), last);
            if (result != null) session.sendResult(result);
        }
    }
}
