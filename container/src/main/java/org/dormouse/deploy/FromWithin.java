package org.dormouse.deploy;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.Callable;

/**
 * Undoes what the JDK lets nobody undo but code of the application's own class loader, which defines this class once more: it uses nothing
 * but the JDK.
 */
public final class FromWithin implements Callable<List<String>> {
    private final ClassLoader own = FromWithin.class.getClassLoader();

    /** Has bundles forgotten that the application's code has asked for. */
    public FromWithin() {
        ResourceBundle.clearCache(own);
    }

    /**
     * Takes the drivers of the application out of the list of the JVM.
     *
     * @return their names
     * @throws SQLException if one does not let itself be taken out
     */
    @Override
    @SuppressWarnings("ReferenceEquality") // this very loader
    public List<String> call() throws SQLException {
        var names = new ArrayList<String>();
        for (Driver driver : Collections.list(DriverManager.getDrivers())) {
            if (driver.getClass().getClassLoader() != own) continue;
            DriverManager.deregisterDriver(driver);
            names.add(driver.getClass().getName());
        }
        return names;
    }
}
