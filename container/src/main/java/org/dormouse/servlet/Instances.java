package org.dormouse.servlet;

/** Makes the application's servlets, filters and listeners that were declared as classes, and gives them up: where injection comes in. */
public interface Instances {
    /** The public constructor without parameters, and nothing else. */
    Instances BY_CONSTRUCTOR = new Instances() {
        @Override
        public <T> T create(Class<T> type) throws ReflectiveOperationException {
            return type.getDeclaredConstructor().newInstance();
        }
    };

    /** Called with the application's class loader as context class loader. */
    <T> T create(Class<T> type) throws ReflectiveOperationException;

    /**
     * Completes what somebody else has made, as a page makes its tags: everything of {@link #create} but the construction.
     *
     * @throws ReflectiveOperationException if it cannot be completed; it must not be used then
     */
    default void prepare(Object made) throws ReflectiveOperationException {}

    /** Called once for each instance that {@link #create} made and that was put into service, after its destroy. */
    default void release(Object instance) {}
}
