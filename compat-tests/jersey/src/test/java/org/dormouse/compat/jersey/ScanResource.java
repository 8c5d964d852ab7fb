package org.dormouse.compat.jersey;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.zip.CRC32;
import org.glassfish.jersey.media.multipart.FormDataContentDisposition;
import org.glassfish.jersey.media.multipart.FormDataParam;

/** Takes uploads; Jersey parses the form itself, from the servlet's stream. */
@Path("scans")
@Produces(MediaType.APPLICATION_JSON)
public class ScanResource {
    @POST
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Map<String, Object> upload(
            @FormDataParam("page") int page,
            @FormDataParam("file") InputStream file,
            @FormDataParam("file") FormDataContentDisposition disposition)
            throws IOException {
        CRC32 crc = new CRC32();
        byte[] bytes = file.readAllBytes();
        crc.update(bytes);
        return Map.of("page", page, "name", disposition.getFileName(), "bytes", bytes.length, "crc", crc.getValue());
    }
}
