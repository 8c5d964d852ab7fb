package org.dormouse.compat.jersey;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** JSON in and out. */
@Path("loans")
@Produces(MediaType.APPLICATION_JSON)
public class LoanResource {
    private static final Map<Integer, Loan> LOANS = new ConcurrentSkipListMap<>();
    private static final AtomicInteger LAST_ID = new AtomicInteger();

    /** Who has which book. */
    public record Loan(int id, String book, String reader) {}

    @GET
    public Collection<Loan> all(@QueryParam("reader") String reader) {
        return LOANS.values().stream()
                .filter(loan -> reader == null || loan.reader().equals(reader))
                .toList();
    }

    @GET
    @Path("{id}")
    public Loan one(@PathParam("id") int id) {
        Loan loan = LOANS.get(id);
        if (loan == null) throw new NoSuchLoan(id);
        return loan;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response add(Loan wanted, @Context UriInfo uri) {
        Loan loan = new Loan(LAST_ID.incrementAndGet(), wanted.book(), wanted.reader());
        LOANS.put(loan.id(), loan);
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(Integer.toString(loan.id()))
                        .build())
                .entity(loan)
                .build();
    }

    @DELETE
    @Path("{id}")
    public void giveBack(@PathParam("id") int id) {
        if (LOANS.remove(id) == null) throw new NoSuchLoan(id);
    }
}
