package org.dormouse.compat.rolling;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.Timer;
import java.util.TimerTask;
import org.dormouse.Dormouse;
import org.dormouse.WebApp;

/** One of the servers: a process that closes as the command does, when it is told to end. Arguments: PORT. */
final class Backend {
    static final String READY = "ready";

    private Backend() {}

    public static void main(String[] arguments) throws Exception {
        Dormouse server = Dormouse.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .deploy(WebApp.at("/")
                        .servlet("/now", new Answering(0))
                        .servlet("/slow", new Answering(100))
                        .servlet("/async", new Later())
                        .endpoint(Echo.class))
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println(READY);
    }

    /** Gives the body back, which has the name of its request in it: an answer of somebody else's would be noticed. */
    private static final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1;

        private final int afterMillis;

        Answering(int afterMillis) {
            this.afterMillis = afterMillis;
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            try {
                if (afterMillis > 0) Thread.sleep(afterMillis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            response.getOutputStream().write(body);
        }
    }

    private static final class Later extends HttpServlet {
        private static final long serialVersionUID = 1;
        private static final Timer TIMER = new Timer(true);

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            AsyncContext async = request.startAsync();
            TIMER.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            try {
                                async.getResponse().getOutputStream().write(body);
                            } catch (IOException e) {
                                // the client misses its answer and says so
                            }
                            async.complete();
                        }
                    },
                    100);
        }
    }

    @ServerEndpoint("/echo")
    public static final class Echo {
        @OnMessage
        public String echo(String text) {
            return text;
        }
    }
}
