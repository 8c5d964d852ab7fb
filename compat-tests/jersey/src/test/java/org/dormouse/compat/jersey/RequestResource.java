package org.dormouse.compat.jersey;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Looks at the request through Jersey and through the servlet API below it. */
@Path("request")
public class RequestResource {
    @Context
    private HttpServletRequest request;

    @Context
    private ServletContext context;

    @GET
    @Path("{piece: .*}")
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, String> seen(@PathParam("piece") String piece, @Context UriInfo uri) {
        return Map.of(
                "piece", piece,
                "uri", uri.getRequestUri().toString(),
                "base", uri.getBaseUri().toString(),
                "servletPath", request.getServletPath(),
                "contextPath", context.getContextPath(),
                "remote", request.getRemoteAddr());
    }

    @POST
    @Path("form")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Produces(MediaType.TEXT_PLAIN)
    public String form(@FormParam("title") String title) {
        return title;
    }

    @GET
    @Path("broken")
    public String broken() {
        throw new IllegalStateException("the library is closed");
    }

    @GET
    @Path("visits")
    @Produces(MediaType.TEXT_PLAIN)
    public int visits() {
        var session = request.getSession();
        int visits = session.getAttribute("visits") instanceof Integer before ? before + 1 : 1;
        session.setAttribute("visits", visits);
        return visits;
    }

    @GET
    @Path("lines")
    @Produces(MediaType.TEXT_PLAIN)
    public StreamingOutput lines() {
        return out -> {
            for (int i = 0; i < 20_000; i++) out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
        };
    }
}
