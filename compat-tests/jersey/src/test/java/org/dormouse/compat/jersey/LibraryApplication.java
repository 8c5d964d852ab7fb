package org.dormouse.compat.jersey;

import org.glassfish.jersey.jackson.JacksonFeature;
import org.glassfish.jersey.media.multipart.MultiPartFeature;
import org.glassfish.jersey.server.ResourceConfig;

/** A small library behind Jersey's servlet. */
public final class LibraryApplication extends ResourceConfig {
    public LibraryApplication() {
        register(JacksonFeature.class);
        register(MultiPartFeature.class);
        register(LoanResource.class);
        register(EventsResource.class);
        register(ScanResource.class);
        register(RequestResource.class);
        register(NoSuchLoan.Mapper.class);
        register(StampFilter.class);
    }
}
