package org.dormouse.compat.jersey;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Map;

/** A loan was asked for that nobody made. */
class NoSuchLoan extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoSuchLoan(int id) {
        super("no loan " + id);
    }

    /** Answers 404 with the reason. */
    public static class Mapper implements ExceptionMapper<NoSuchLoan> {
        @Override
        public Response toResponse(NoSuchLoan e) {
            return Response.status(404)
                    .type(MediaType.APPLICATION_JSON)
                    .entity(Map.of("error", e.getMessage()))
                    .build();
        }
    }
}
