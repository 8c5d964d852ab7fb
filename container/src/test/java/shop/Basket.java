package shop;

import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionEvent;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** What an application keeps in a session: a class of its own, which is told of its travels. */
public final class Basket implements HttpSessionActivationListener, Serializable {
    private static final long serialVersionUID = 1;

    public static final List<String> TOLD = new ArrayList<>();

    private final List<String> items = new ArrayList<>();

    public Basket(String... items) {
        this.items.addAll(List.of(items));
    }

    public List<String> items() {
        return items;
    }

    @Override
    public void sessionWillPassivate(HttpSessionEvent event) {
        TOLD.add("leaves " + event.getSession().getAttribute("color"));
    }

    @Override
    public void sessionDidActivate(HttpSessionEvent event) {
        TOLD.add("is back " + event.getSession().getAttribute("color") + " "
                + Thread.currentThread().getContextClassLoader().getClass().getSimpleName());
    }
}
