package org.dormouse.benchmarks.workload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A JDBC query that waits 20 ms inside an embedded H2 database, on a connection of a pool that has one for each of the thousand requests of
 * the measurement. The database is opened by the first request.
 */
public class QueryServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int CONNECTIONS = 1_000;

    /** Opened by whoever asks first. */
    private static final class Database {
        static final JdbcConnectionPool POOL = open();

        private static JdbcConnectionPool open() {
            JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:workload;DB_CLOSE_DELAY=-1", "sa", "");
            pool.setMaxConnections(CONNECTIONS);
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE ALIAS PAUSE FOR 'org.dormouse.benchmarks.workload.QueryServlet.pause'");
                statement.execute("CREATE TABLE greeting (id INT PRIMARY KEY, text VARCHAR(40))");
                statement.execute("INSERT INTO greeting VALUES (20, 'found')");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return pool;
        }
    }

    /** What the database calls for each query: the time that a disk or a network would take. */
    public static int pause(int millis) throws InterruptedException {
        Thread.sleep(millis);
        return millis;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try (Connection connection = Database.POOL.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT text FROM greeting WHERE id = PAUSE(?)")) {
            statement.setInt(1, 20);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) throw new IOException("no row");
                Answers.text(response, rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }
}
